#!/bin/sh
# What is committed and yet follows from something else (the schema, the catalogue, tables of defects) is what it follows from.
exec "$FIRSTLIGHT_SOURCE/tools/regenerate" --check
