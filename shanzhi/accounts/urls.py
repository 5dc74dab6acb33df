from django.urls import path

from shanzhi.accounts.views import acts, me, posts, stand_ins, users

app_name = "accounts"
urlpatterns = [
    path("me/", me.me, name="me"),
    path("users/", users.user_list, name="user-list"),
    path("users/searches/", users.user_search, name="user-search"),
    path("users/new/", users.user_create, name="user-create"),
    path("users/<int:user_id>/", users.user_detail, name="user"),
    path("users/<int:user_id>/name/", users.user_rename, name="user-rename"),
    path("users/<int:user_id>/posts/", posts.post_create, name="post-create"),
    path("users/<int:user_id>/tokens/", posts.token_create, name="token-create"),
    path("users/<int:user_id>/<slug:act>/", acts.user_act, name="user-act"),
    path("posts/<int:post_id>/revocations/", posts.post_revocation_create, name="post-revocation-create"),
    path("posts/<int:post_id>/stand-ins/", stand_ins.stand_in_create, name="stand-in-create"),
    path("stand-ins/", stand_ins.stand_in_list, name="stand-ins"),
    path("stand-ins/posts/", stand_ins.stand_in_posts, name="stand-in-posts"),
    path("stand-ins/<int:stand_in_id>/ends/", stand_ins.stand_in_end, name="stand-in-end"),
    path("tokens/<int:token_id>/revocations/", posts.token_revocation_create, name="token-revocation-create"),
]
