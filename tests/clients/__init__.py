"""Other people's clients. What they walk through together asserts as tests do."""

import pytest

pytest.register_assert_rewrite("tests.clients.journey")
