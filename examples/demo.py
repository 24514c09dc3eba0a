"""Reads the example PDF and answers three questions about it, then checks every quote against its page.

Run `longreader model pull` once before it; `make demo` does both.
"""

from pathlib import Path

from longreader import Answer, Reader

HERE = Path(__file__).parent
QUESTIONS = (
    "On what date did current from the sea first reach the grid?",
    "To how many newton-metres should the blade bolts be tightened according to the maker's drawing?",
    "Above which forecast swell may the lift of a Gut Row nacelle not be begun?",
)


def show(question: str, answer: Answer) -> None:
    print(f"\n{question}\n  {answer.text}  ({answer.status.value})")
    for citation in answer.citations:
        print(f"  [{citation.number}] {citation.title}, page {citation.page}: “{citation.quote}”")
    usage = answer.usage
    tokens = usage.prompt_tokens + usage.completion_tokens
    print(f"  {tokens} tokens, {usage.call_count} calls, {usage.seconds:.1f} s, trace {answer.trace_id}")


def main() -> None:
    folder = HERE.parent / ".longreader" / "demo"
    with Reader(folder) as reader:
        added = reader.add(HERE / "ansholm.pdf")
        state = "was there already" if added.existed else f"read in {added.seconds:.1f} s"
        print(f"{added.title}: {added.page_count} pages, {added.word_count} words, {added.fact_count} facts, {state}")
        document = reader.document(added.document_id)
        checked = 0
        for question in QUESTIONS:
            answer = reader.ask(question)
            show(question, answer)
            for citation in answer.citations:
                assert document.text[citation.start : citation.end] == citation.quote
                assert document.page_at(citation.start) == citation.page
                checked += 1
        print(f"\n{checked} quotes checked: each stands at its page and place.")
        service = reader.settings.service
    print("\nThe chat page, with this document already read: run")
    print("  make page")
    print(f"and open http://{service.host}:{service.port}/ in a browser.")


if __name__ == "__main__":
    main()
