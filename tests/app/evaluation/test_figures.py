from longreader.app.evaluation.figures import figures
from longreader.app.evaluation.row import Row


def row(**fields: object) -> Row:
    return Row.model_validate({"question_id": "q", "task": "t", "way": "auto", **fields})


def test_means_medians_and_shares():
    told = figures(
        [
            row(
                status="answered",
                scores={"f1": 1.0},
                citation_count=3,
                verified_count=2,
                on_gold=True,
                prompt_tokens=900,
                completion_tokens=100,
                reused_prompt_tokens=300,
                call_count=4,
                repair_count=1,
                seconds=10.0,
            ),
            row(status="not_in_document", scores={"f1": 0.0}, prompt_tokens=300, call_count=1, seconds=1.0),
            row(status="answered", scores={"f1": 0.5}, prompt_tokens=600, call_count=3, cut_count=2, seconds=4.0),
            row(status="not_in_document", scores={"abstained": 1.0}, answerable=False),
            row(error="question_too_long", scores={"f1": 0.0}),
        ]
    )
    assert (told.question_count, told.error_count, told.refused_count) == (5, 1, 2)
    assert told.scores == {"f1": 0.375, "abstained": 1.0}
    assert (told.verified_share, told.cited_share, told.gold_share) == (0.6667, 0.5, 1.0)
    assert (told.abstained_share, told.wrongly_abstained_share) == (1.0, 0.25)
    assert (told.median_tokens, told.mean_tokens, told.mean_calls) == (300, 380.0, 1.6)
    assert (told.median_seconds, told.mean_seconds) == (4.0, 5.0)
    assert (told.malformed_share, told.cut_share, told.reused_share) == (0.125, 0.25, 0.1667)


def test_what_there_is_none_of_has_no_share():
    told = figures([row()])
    assert told.abstained_share is told.verified_share is told.median_seconds is told.malformed_share is None
