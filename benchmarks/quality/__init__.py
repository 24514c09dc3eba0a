"""The quality of answers: question sets, asked in several ways of one model, and the table that compares them.

    python -m benchmarks.quality DATA … [--ways retrieve auto] [--limit 40] [--max-words 12000] [--url URL]

Several sets may have a limit and a longest document each: DATA OTHER --limit 6,40 --max-words 2400,12000.

A question's way: `question_set` reads it, `shelf` puts its document into a collection of its own, a way of `ways`
reads that collection for it, `longreader.app.evaluation` judges the answer, `rows_file` keeps the row. `table`, `plot`
and `results` are made from the rows.
"""
