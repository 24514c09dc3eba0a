"""What lets any number of workers on any number of machines share one PostgreSQL server: jobs, keys, requests, limits.

A worker is a process of the service. Its documents are the store's; here is what a single process keeps in its data
folder or in memory.
"""
