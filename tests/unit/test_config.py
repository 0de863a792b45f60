"""What a table of souwen.toml may say."""

import pytest

from souwen.index.config import IndexConfig, from_mapping, read_variable
from souwen.index.errors import ConfigError
from souwen.search.config import SearchConfig


def test_an_empty_table_gives_the_defaults():
    assert from_mapping(IndexConfig, {}, place="souwen.toml [index]") == IndexConfig()
    assert from_mapping(SearchConfig, {}, place="souwen.toml [search]") == SearchConfig()


def test_keys_of_a_table_are_taken_over():
    table = {"timezone": "Asia/Taipei", "exclude": ["草稿/*"], "jobs": 2, "drafts": True}
    config = from_mapping(IndexConfig, table, place="souwen.toml [index]")
    assert config == IndexConfig(timezone="Asia/Taipei", exclude=("草稿/*",), jobs=2, drafts=True)


def test_an_unknown_key_is_named_with_its_place_and_the_known_ones():
    with pytest.raises(ConfigError) as caught:
        from_mapping(IndexConfig, {"timezon": "Asia/Taipei"}, place="souwen.toml [index]")
    assert "souwen.toml [index]: unknown key 'timezon'; known are timezone," in str(caught.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"timezone": "Asien"}, 'timezone is "Asien"; it must be a timezone such as'),
        ({"timezone": "../etc"}, 'timezone is "../etc"; it must be a timezone'),
        ({"timezone": 8}, "timezone is 8"),
        ({"segmenter": "ik"}, 'it must be one of "auto", "rjieba", "jieba"'),
        ({"segmenter": []}, "segmenter is []"),
        ({"dictionary": ""}, 'dictionary is ""; it must be the name of a file'),
        ({"dictionary": "a\0b"}, 'dictionary is "a\\u0000b"; it must be the name of a file'),
        ({"dictionary": 1}, "dictionary is 1; it must be the name of a file"),
        ({"exclude": "草稿"}, 'exclude is "草稿"; it must be a list of texts'),
        ({"exclude": [1]}, "exclude is [1]; it must be a list of texts"),
        ({"max_file_mib": 0}, "max_file_mib is 0; it must be a whole number, 1 or more"),
        ({"max_file_mib": True}, "max_file_mib is true; it must be a whole number"),
        ({"drafts": "no"}, 'drafts is "no"; it must be true or false'),
        ({"jobs": 1.5}, "jobs is 1.5"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_is_expected(table, message):
    with pytest.raises(ConfigError) as caught:
        from_mapping(IndexConfig, table, place="souwen.toml [index]")
    assert str(caught.value).startswith("souwen.toml [index]: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        (IndexConfig, "timezone", "Asia/Tokyo", "Asia/Tokyo"),
        (IndexConfig, "exclude", "a/*, b ,", ("a/*", "b")),
        (IndexConfig, "drafts", "1", True),
        (IndexConfig, "drafts", "False", False),
        (IndexConfig, "drafts", "vielleicht", "vielleicht"),
        (IndexConfig, "jobs", " 4 ", 4),
        (IndexConfig, "jobs", "vier", "vier"),
        (SearchConfig, "limit", "20", 20),
    ],
)
def test_a_variable_is_read_as_the_kind_of_its_key(kind, name, text, value):
    assert read_variable(kind, name, text) == value
