# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A nightly DAG of Airflow (2.9 to 3): verify, then materialize, then train.

Copy this file and `tally_task.py` into the folder of DAGs. TALLY_REPOSITORY names the repository on the worker.
"""

import datetime
import os

from airflow.exceptions import AirflowException, AirflowFailException

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task

from tally_task import Failed, nightly, tally

REPOSITORY = os.environ.get("TALLY_REPOSITORY", "/srv/flights")


def run(arguments: list[str]) -> None:
    """Runs one step: a promise that does not hold fails the task at once, a failure is left to `retries`."""
    try:
        tally(*arguments, repository=REPOSITORY)
    except Failed as failed:
        if failed.again:
            raise AirflowException(str(failed)) from failed
        raise AirflowFailException(str(failed)) from failed


@dag(
    dag_id="tallystick", schedule="30 3 * * *", start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False, max_active_runs=1,
    default_args={"retries": 3, "retry_delay": datetime.timedelta(minutes=5), "retry_exponential_backoff": True})
def tallystick():
    """Each step begins when the one before it has succeeded."""
    before = None
    for name, arguments in nightly():
        step = task(task_id=name)(run)(arguments)
        if before is not None:
            before >> step
        before = step


tallystick()
