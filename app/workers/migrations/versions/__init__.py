"""The revisions of the schema that workers share."""
