# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A nightly job of Dagster: verify, then materialize, then train.

    dagster dev -f dagster_job.py        # with tally_task.py beside it

TALLY_REPOSITORY names the repository.
"""

import os

from dagster import Definitions, Failure, In, Nothing, Out, RetryRequested, ScheduleDefinition, job, op

from tally_task import Failed, nightly, tally

RETRIES, DELAY = 3, 300


def run(context, arguments: list[str]) -> None:
    """Runs one step: a promise that does not hold fails it at once, a failure asks for another try."""
    try:
        tally(*arguments, repository=os.environ.get("TALLY_REPOSITORY", "/srv/flights"), log=context.log.info)
    except Failed as failed:
        if failed.again:
            raise RetryRequested(max_retries=RETRIES, seconds_to_wait=DELAY) from failed
        raise Failure(
            description=str(failed), metadata={"exit": failed.status}, allow_retries=False) from failed


def step(name: str, arguments: list[str]):
    """An op for a command of `tally`, after the one before it."""
    @op(name=name, ins={"before": In(Nothing)}, out=Out(Nothing))
    def made(context):
        run(context, arguments)

    return made


@op(out=Out(Nothing))
def begin():
    """Where the night starts."""


@job(name="tallystick")
def tallystick():
    before = begin()
    for name, arguments in nightly():
        before = step(name, arguments)(before)


defs = Definitions(jobs=[tallystick], schedules=[ScheduleDefinition(job=tallystick, cron_schedule="30 3 * * *")])
