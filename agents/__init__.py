"""The reader's agents: manager, planner, explorer, worker chain, wired in LangGraph."""
