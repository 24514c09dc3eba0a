"""Keeps jobs and queue in step: what one has and the other has not, and what is too old to be told of."""

import asyncio

from .job import Job
from .job_queue import JobQueue
from .job_store import JobStore

MOST_KEPT = 1_000
"""Most jobs of a tenant that are told of after their end."""

_KEPT_SLACK = 100


class JobUpkeep:
    """Looks after the jobs of a store and their queue."""

    def __init__(self, store: JobStore, queue: JobQueue) -> None:
        self._store = store
        self._queue = queue

    async def take_up(self) -> None:
        """Queue the jobs that a process could not queue any more, or whose end it could not keep."""
        waiting = await self._store.waiting()
        over = await asyncio.to_thread(self._queue.over, [job.run_id for job in waiting])
        for job in waiting:
            await self._queue_again(job, is_over=job.run_id in over)

    async def _queue_again(self, job: Job, *, is_over: bool) -> None:
        if is_over:
            job = job.model_copy(update={"run_count": job.run_count + 1})
            if not await self._store.put(job, "queued"):
                return
        await asyncio.to_thread(self._queue.put, job)

    async def drop_oldest(self, tenant: str) -> None:
        """Forget a tenant's oldest ended jobs where there are too many."""
        if (await self._store.counts(tenant)).ended < MOST_KEPT + _KEPT_SLACK:
            return
        ended = [job for job in await self._store.find(tenant) if job.has_ended]
        for job in ended[:-MOST_KEPT]:
            await self._store.remove(job.job_id)
        await self.forget_gone()

    async def forget_gone(self) -> None:
        """Remove from the queue what belongs to no job any more."""
        # The queue's are listed first: a job that comes meanwhile is in the store before it is in the queue.
        kept = await asyncio.to_thread(self._queue.run_ids)
        gone = kept - {job.run_id for job in await self._store.find()}
        await asyncio.to_thread(self._queue.forget, gone)
