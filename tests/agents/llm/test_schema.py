from enum import Enum
from typing import Annotated, Literal

import pytest
from longreader.agents.llm import reply_schema
from pydantic import BaseModel, Field


class Relevance(Enum):
    high = "high"
    none = "none"


class Step(BaseModel):
    """A docstring that no model should pay for."""

    number: int = Field(ge=1, le=3, title="Number", description="which")
    kind: Literal["look", "stop"]


class Plan(BaseModel):
    steps: Annotated[list[Step], Field(min_length=1, max_length=4)]
    relevance: Relevance = Relevance.none
    reason: str = Field(max_length=200, description="why", examples=["because"])
    title: str | None = Field(default=None, max_length=10)


def test_definitions_are_inlined_and_only_what_servers_use_is_kept():
    assert reply_schema(Plan) == {
        "type": "object",
        "properties": {
            "steps": {
                "type": "array",
                "minItems": 1,
                "maxItems": 4,
                "items": {
                    "type": "object",
                    "properties": {
                        "number": {"type": "integer", "enum": [1, 2, 3]},
                        "kind": {"type": "string", "enum": ["look", "stop"]},
                    },
                    "required": ["number", "kind"],
                    "additionalProperties": False,
                },
            },
            "relevance": {"type": "string", "enum": ["high", "none"]},
            "reason": {"type": "string", "maxLength": 200},
            "title": {"anyOf": [{"type": "string", "maxLength": 10}, {"type": "null"}]},
        },
        "required": ["steps", "reason"],
        "additionalProperties": False,
    }


def test_fields_that_are_called_like_keywords_stay():
    class Awkward(BaseModel):
        description: str
        default: int
        examples: list[str]

    assert list(reply_schema(Awkward)["properties"]) == ["description", "default", "examples"]


def test_a_wide_range_keeps_its_bounds():
    class Year(BaseModel):
        year: int = Field(ge=0, le=2100)

    assert reply_schema(Year)["properties"]["year"] == {"type": "integer", "minimum": 0, "maximum": 2100}


def test_a_bound_that_would_end_a_llama_cpp_server_is_not_sent():
    class Long(BaseModel):
        short: str = Field(max_length=1000)
        long: str = Field(max_length=1001)
        many: list[int] = Field(min_length=1, max_length=5000)

    assert reply_schema(Long)["properties"] == {
        "short": {"type": "string", "maxLength": 1000},
        "long": {"type": "string"},
        "many": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    }


def test_a_model_that_contains_itself_is_refused():
    with pytest.raises(TypeError, match="Tree"):
        reply_schema(Tree)


class Tree(BaseModel):
    children: list["Tree"]
