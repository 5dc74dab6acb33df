"""What happens to jobs, for the layers above."""

from shanzhi.tenancy.outbox import EventType

JOB_ENDED = EventType(
    "jobs.job.ended",
    "A job that a person started is done or failed; data: user_id (whose job it is). Not when cancelled.",
)
