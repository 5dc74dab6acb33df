"""The same county and people as in the tests of the area app itself."""

from shanzhi.areas.tests.conftest import (
    admin,
    clerk,
    desk,
    officer,
    outsider,
    register,
    resident,
    tree,
    var_dir,
)

__all__ = ["admin", "clerk", "desk", "officer", "outsider", "register", "resident", "tree", "var_dir"]
