"""What is said where a cluster does not answer as it should?"""

import base64
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.answering import Answer, answering

from souwen.index.engines.opensearch import indices
from souwen.index.engines.opensearch.address import parse
from souwen.index.engines.opensearch.bulk import Bulk
from souwen.index.engines.opensearch.client import (
    Busy,
    Cluster,
    Late,
    Refused,
    connect,
)
from souwen.index.engines.opensearch.patience import back_off
from souwen.index.errors import (
    ConfigError,
    EngineError,
    EngineUnavailable,
    SouwenError,
    StoreError,
    StoreMissing,
)

AT_ONCE = {"SOUWEN_OPENSEARCH_PATIENCE": "0"}


def told(kind: str, reason: str) -> dict[str, Any]:
    cause = {"type": kind, "reason": reason}
    return {"error": {**cause, "root_cause": [cause]}}


def failed_shards(kind: str, reason: str) -> dict[str, Any]:
    shard = {"reason": {"type": kind, "reason": reason}}
    return {
        "error": {
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
            "root_cause": [],
            "failed_shards": [shard],
        }
    }


FLOOD = "index [news] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"
NO_MANAGER = "blocked by: [SERVICE_UNAVAILABLE/2/no cluster manager];"


@pytest.mark.parametrize(
    ("status", "content", "kind", "message"),
    [
        (401, "Unauthorized", EngineError, "does not know who asks.*SOUWEN_OPENSEARCH_USER"),
        (403, told("security_exception", "no permissions"), EngineError, "does not permit this"),
        (404, told("index_not_found_exception", "no such"), StoreMissing, "no such index"),
        (403, told("cluster_block_exception", FLOOD), StoreError, "read-only.*flood stage"),
        (429, told("cluster_block_exception", FLOOD), StoreError, "read-only.*flood stage"),
        (503, told("cluster_block_exception", NO_MANAGER), EngineUnavailable, "no manager"),
        (403, told("cluster_block_exception", "closed"), StoreError, "blocks this"),
        (429, told("circuit_breaking_exception", "[parent]"), Busy, "short of memory"),
        (
            503,
            failed_shards("circuit_breaking_exception", "[request]"),
            Busy,
            "short of memory",
        ),
        (429, told("rejected_execution_exception", "queue"), Busy, "is busy"),
        (
            503,
            told("no_shard_available_action_exception", ""),
            EngineUnavailable,
            "cluster is red",
        ),
        (
            500,
            told("illegal_state_exception", "no node found for id: x"),
            EngineUnavailable,
            "a node is gone",
        ),
        (
            500,
            failed_shards("node_disconnected_exception", "[node0] disconnected"),
            EngineUnavailable,
            "a node is gone",
        ),
        (503, "later", EngineUnavailable, "cannot answer now"),
        (400, told("parsing_exception", "[x]"), Refused, "parsing_exception: \\[x\\]"),
        (409, told("version_conflict_engine_exception", ""), Refused, "version_conflict"),
        (500, told("null_pointer_exception", "none"), EngineError, "failed.*null_pointer"),
        (200, "<html>Sign in</html>", EngineError, "what answers there is no OpenSearch"),
        (404, ["not", "a", "cluster"], EngineError, "what answers there is no OpenSearch"),
    ],
)
def test_every_error_says_what_happened(
    status: int, content: Any, kind: type[SouwenError], message: str
):
    with answering(Answer(status, content)) as (host, _):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        with pytest.raises(kind, match=message) as caught:
            cluster.ask("GET", "/news")
        assert type(caught.value) is kind
        assert host in str(caught.value)
        cluster.close()


@pytest.mark.parametrize(
    ("root", "message"),
    [
        ({"version": {"number": "8.17.0"}}, "no OpenSearch, it says version 8.17.0"),
        ({"hello": "world"}, "no OpenSearch"),
        ("hello", "no OpenSearch"),
        ([1, 2], "no OpenSearch"),
        (
            {"version": {"distribution": "opensearch", "number": "1.3.20"}},
            "OpenSearch 1.3.20, which is too old; souwen needs 2.4 or newer",
        ),
    ],
)
def test_what_is_no_cluster_that_can_be_used_is_told_apart(root: Any, message: str):
    with (
        answering(Answer(200, {}), root=root) as (host, _),
        pytest.raises(EngineError, match=message),
    ):
        connect(parse(f"opensearch://{host}/news"), AT_ONCE)


@pytest.mark.parametrize(
    ("number", "factor"), [("2.19.3", 2.2), ("3.0.0", 1.0), ("3.0.0-beta1", 1.0), ("2.4.0", 2.2)]
)
def test_of_older_versions_scores_are_larger(number: str, factor: float):
    root = {"version": {"distribution": "opensearch", "number": number}}
    with answering(Answer(200, {}), root=root) as (host, _):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        assert cluster.score_factor == pytest.approx(factor)
        cluster.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_where_nobody_listens_the_connection_is_refused():
    with pytest.raises(EngineUnavailable, match="was refused; nothing listens there"):
        connect(parse(f"opensearch://127.0.0.1:{free_port()}/news"), AT_ONCE)


def test_a_host_that_is_not_there_is_named():
    with pytest.raises(EngineUnavailable, match=r"souwen\.invalid.*no host of this name"):
        connect(parse("opensearch://souwen.invalid:9200/news"))


def test_one_of_several_nodes_is_enough():
    with answering(Answer(200, {"x": 1})) as (host, _):
        nodes = f"127.0.0.1:{free_port()},{host}"
        cluster = connect(parse(f"opensearch://{nodes}/news"), AT_ONCE)
        assert [cluster.ask("GET", "/x") for _ in range(4)] == [{"x": 1}] * 4
        cluster.close()


@pytest.fixture
def silent() -> Iterator[str]:
    """A host that takes connections and answers nothing, as one that hangs."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield f"127.0.0.1:{one.getsockname()[1]}"


def test_a_host_that_hangs_is_put_aside(silent: str):
    with answering(Answer(200, {"x": 1})) as (host, _):
        cluster = connect(parse(f"opensearch://{silent},{host}/news"), AT_ONCE)
        assert cluster.read("GET", "/x", within=(0.2, 0.2)) == {"x": 1}
        assert [cluster.ask("GET", "/x", timeout=0.2) for _ in range(4)] == [{"x": 1}] * 4
        cluster.close()


def test_a_host_that_alone_is_asked_and_hangs_is_told(silent: str):
    with pytest.raises(Late, match=f"{silent}.*did not answer in time"):
        connect(parse(f"opensearch://{silent}/news"), AT_ONCE)


def standing(*, managed: bool) -> dict[str, Answer]:
    told = {"status": "red", "discovered_cluster_manager": managed}
    return {"/_cluster/health": Answer(200, told)}


def hearing(*nodes: str, silent: int) -> dict[str, Answer]:
    told = {"_nodes": {"failed": silent}, "nodes": {node: {} for node in nodes}}
    return {"/_nodes/_all/http": Answer(200, told)}


def test_a_host_that_was_cut_off_from_the_others_is_put_aside():
    with (
        answering(Answer(200, {"x": 1}), to=standing(managed=False)) as (cut_off, _),
        answering(Answer(200, {"x": 2}), to=standing(managed=True)) as (host, _),
    ):
        cluster = connect(parse(f"opensearch://{cut_off},{host}/news"), AT_ONCE)
        assert [cluster.ask("GET", "/x") for _ in range(4)] == [{"x": 2}] * 4
        cluster.close()


def test_a_host_that_is_slow_is_waited_for_where_the_others_were_cut_off():
    slow = {"/_cluster/health": standing(managed=True)["/_cluster/health"]._replace(seconds=1)}
    with (
        answering(Answer(200, {"x": 1}), to=standing(managed=False)) as (cut_off, _),
        answering(Answer(200, {"x": 2}), to=slow) as (host, _),
    ):
        cluster = connect(parse(f"opensearch://{cut_off},{host}/news"), AT_ONCE)
        assert [cluster.ask("GET", "/x") for _ in range(4)] == [{"x": 2}] * 4
        cluster.close()


def test_where_no_host_knows_a_manager_all_are_asked():
    with (
        answering(Answer(200, {"x": 1}), to=standing(managed=False)) as (one, _),
        answering(Answer(200, {"x": 2}), to=standing(managed=False)) as (other, _),
    ):
        cluster = connect(parse(f"opensearch://{one},{other}/news"), AT_ONCE)
        assert {cluster.ask("GET", "/x")["x"] for _ in range(4)} == {1, 2}
        cluster.close()


def test_hosts_that_do_not_permit_to_ask_how_they_stand_are_as_good_as_others():
    no = {"/_cluster/health": Answer(403, told("security_exception", "no permissions"))}
    odd = {"/_cluster/health": Answer(200, "<html>")}
    with (
        answering(Answer(200, {"x": 1}), to=no) as (one, _),
        answering(Answer(200, {"x": 2}), to=odd) as (other, _),
    ):
        cluster = connect(parse(f"opensearch://{one},{other}/news"), AT_ONCE)
        assert {cluster.ask("GET", "/x")["x"] for _ in range(4)} == {1, 2}
        cluster.close()


def test_where_an_answer_is_late_a_host_that_hears_fewer_nodes_is_put_aside():
    late, well = Answer(200, {"x": 1}, seconds=0.5), Answer(200, {"x": 2})
    known = standing(managed=True)
    with (
        answering(late, to=known | hearing("a", silent=2)) as (cut_off, _),
        answering(well, to=known | hearing("b", "c", silent=1)) as (host, asked),
    ):
        cluster = connect(parse(f"opensearch://{cut_off},{host}/news"), AT_ONCE)
        read = [cluster.read("GET", "/x", within=(0.2, 5), of_shards=True) for _ in range(6)]
        assert read == [{"x": 2}] * 6
        assert asked[-1].path == "/x?preference=_prefer_nodes%3Ab%2Cc"
        cluster.close()


HANGING = Answer(200, {"_nodes": {"failed": 1}, "nodes": {"a": {}, "b": {}}})


def test_where_a_node_hangs_behind_the_one_that_is_asked_others_are_preferred():
    slow, well = Answer(200, {"x": 1}, seconds=0.5), Answer(200, {"x": 2})
    with answering(slow, HANGING, well) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        found = [
            cluster.read("GET", "/x", within=(0.2, 5), of_shards=True),
            cluster.read("GET", "/y", of_shards=True),
            cluster.read("GET", "/z"),
        ]
        assert found == [{"x": 2}] * 3
        preferred = "?preference=_prefer_nodes%3Aa%2Cb"
        assert [one.path for one in asked][-3:] == [f"/x{preferred}", f"/y{preferred}", "/z"]
        cluster.close()


def test_an_answer_that_takes_long_is_waited_for_where_no_node_hangs():
    with answering(Answer(200, {"x": 1}, seconds=0.5)) as (host, _):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        assert cluster.read("GET", "/x", within=(0.2,)) == {"x": 1}
        cluster.close()


def test_an_answer_that_stays_late_while_a_node_hangs_is_given_up():
    late = Answer(200, {"x": 1}, seconds=0.5)
    with answering(late, HANGING, late, HANGING) as (host, _):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        with pytest.raises(Late, match="a node of it may hang"):
            cluster.read("GET", "/x", within=(0.2, 0.2))
        cluster.close()


def test_what_passes_is_asked_again():
    busy, well = Answer(429, told("rejected_execution_exception", "queue")), Answer(200, {"x": 1})
    with answering(busy, busy, well) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), {})
        assert cluster.ask("GET", "/x") == {"x": 1}
        assert len(asked) == 4
        cluster.close()


MISSING = Answer(404, told("index_not_found_exception", "no such index [news~state]"))


def test_a_node_that_has_not_heard_of_an_index_yet_is_asked_again():
    well = Answer(200, {"x": 1})
    with answering(MISSING, well, MISSING, well, well) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), {})
        assert cluster.ask("GET", "/news~state/_doc/lock") == {"x": 1}
        doc, index = "/news~state/_doc/lock", "/news~state"
        assert [one.path for one in asked][1:] == [doc, index, doc, index, doc]
        cluster.close()


def test_an_index_that_the_manager_does_not_know_is_missing_at_once():
    with answering(MISSING) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), {})
        for path in (
            *("/news~state", "/news~state/_doc/lock", "/news~*/_alias"),
            "/_cluster/health/news~state",
        ):
            with pytest.raises(StoreMissing, match="no such index"):
                cluster.ask("GET", path)
        assert len(asked) == 6
        cluster.close()


def test_a_cluster_that_is_busy_when_it_is_first_asked_is_asked_again():
    busy = Answer(503, told("cluster_block_exception", NO_MANAGER))
    with answering(Answer(200, {"x": 1}), first=(busy, busy)) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), {})
        assert cluster.ask("GET", "/x") == {"x": 1}
        assert [one.path for one in asked] == ["/", "/", "/", "/x"]
        cluster.close()


@pytest.mark.parametrize("patience", ["nan", "inf", "-1", "lang"])
def test_patience_is_a_number_of_seconds(patience: str):
    with pytest.raises(ConfigError, match=f"PATIENCE={patience}: it must be seconds"):
        connect(parse("opensearch://127.0.0.1:1/news"), {"SOUWEN_OPENSEARCH_PATIENCE": patience})


def test_pauses_grow_and_are_not_the_same_for_all():
    assert all(0.05 * 2**n <= back_off(n) <= 0.1 * 2**n for n in range(5) for _ in range(20))
    assert len({back_off(9) for _ in range(20)}) > 1
    assert back_off(10**6) <= 5


def test_credentials_are_sent_and_not_told():
    refused = Answer(401, "Unauthorized")
    for known, header in (
        ({"SOUWEN_OPENSEARCH_API_KEY": "geheim"}, "ApiKey geheim"),
        (
            {"SOUWEN_OPENSEARCH_USER": "me", "SOUWEN_OPENSEARCH_PASSWORD": "geheim"},
            "Basic bWU6Z2VoZWlt",
        ),
        # As it stands in a file that an editor has written.
        ({"SOUWEN_OPENSEARCH_API_KEY": "geheim\r\n"}, "ApiKey geheim"),
        (
            {"SOUWEN_OPENSEARCH_USER": "我", "SOUWEN_OPENSEARCH_PASSWORD": "geheim密"},
            "Basic " + base64.b64encode("我:geheim密".encode()).decode(),
        ),
    ):
        with answering(refused) as (host, asked):
            cluster = connect(parse(f"opensearch://{host}/news"), {**known, **AT_ONCE})
            with pytest.raises(EngineError) as caught:
                cluster.ask("GET", "/news")
            assert asked[0].headers["authorization"] == header
            assert "geheim" not in f"{caught.value}{caught.value.__cause__}{cluster!r}"
            cluster.close()


@pytest.mark.parametrize(
    "known",
    [
        {"SOUWEN_OPENSEARCH_API_KEY": "geheim\nx"},
        {"SOUWEN_OPENSEARCH_API_KEY": "geheim密"},
        {"SOUWEN_OPENSEARCH_USER": "me", "SOUWEN_OPENSEARCH_PASSWORD": "geheim\x00"},
    ],
)
def test_a_secret_that_cannot_be_sent_is_refused_and_not_told(known: dict[str, str]):
    with pytest.raises(ConfigError, match="holds characters that cannot be sent") as caught:
        connect(parse("opensearch://127.0.0.1:1/news"), known)
    assert "geheim" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signed itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    file, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=souwen", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(file)),
        ],
        check=True,
        capture_output=True,
    )
    return file, key


def test_a_certificate_is_trusted_where_its_authority_is_named(certificate: tuple[Path, Path]):
    file, key = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file, key)
    with answering(Answer(200, {"x": 1}), tls=tls) as (host, _):
        place = parse(f"opensearch+https://{host}/news")
        with pytest.raises(EngineUnavailable, match="certificate is not to be trusted"):
            connect(place, AT_ONCE)
        cluster = connect(place, {**AT_ONCE, "SOUWEN_OPENSEARCH_AUTHORITY": str(file)})
        assert cluster.ask("GET", "/x") == {"x": 1}
        cluster.close()
        with pytest.raises(EngineUnavailable, match=r"opensearch\+https|without an answer|reached"):
            connect(parse(f"opensearch://{host}/news"), AT_ONCE)


# Many documents.


def bulk(host: str, patience: str = "60") -> tuple[Bulk, Cluster]:
    cluster = connect(parse(f"opensearch://{host}/news"), {"SOUWEN_OPENSEARCH_PATIENCE": patience})
    return Bulk(cluster, "news"), cluster


def items(*each: tuple[int, str]) -> Answer:
    told = [
        {"index": {"status": status, **({"error": {"type": kind, "reason": "r"}} if kind else {})}}
        for status, kind in each
    ]
    return Answer(200, {"errors": any(kind for _, kind in each), "items": told})


def test_only_what_the_cluster_was_too_busy_for_is_sent_again():
    busy = (429, "rejected_execution_exception")
    with answering(items((201, ""), busy, busy), items((201, ""), busy), items((201, ""))) as (
        host,
        asked,
    ):
        many, cluster = bulk(host)
        for name in "abc":
            many.put(name, f"{name}.md", {"x": 1})
        many.flush()
        sent = [re.findall('"_id":"(.)"', one.body) for one in asked[1:]]
        assert sent == [["a", "b", "c"], ["b", "c"], ["c"]]
        many.flush()
        assert len(asked) == 4
        cluster.close()


def test_a_post_that_the_cluster_refuses_is_named():
    with answering(items((201, ""), (400, "mapper_parsing_exception"))) as (host, _):
        many, cluster = bulk(host)
        many.put("a", "a.md", {})
        many.put("b", "目录/b.md", {})
        with pytest.raises(EngineError, match=r"目录/b\.md: .*mapper_parsing_exception: r"):
            many.flush()
        cluster.close()


def test_a_cluster_that_stays_too_busy_is_given_up():
    with answering(items((429, "rejected_execution_exception"))) as (host, _):
        many, cluster = bulk(host, patience="0")
        many.put("a", "a.md", {})
        with pytest.raises(EngineUnavailable, match=r"is busy.*; 1 posts wait, a\.md is the first"):
            many.flush()
        cluster.close()


@pytest.mark.parametrize(
    "passing", [(429, "circuit_breaking_exception"), (404, "index_not_found_exception")]
)
def test_items_that_may_be_taken_in_a_moment_are_sent_again(passing: tuple[int, str]):
    with answering(items(passing), items((201, ""))) as (host, asked):
        many, cluster = bulk(host)
        many.put("a", "a.md", {})
        many.flush()
        assert len(asked) == 3
        cluster.close()


@pytest.mark.parametrize(
    ("status", "kind", "reason", "message"),
    [
        (429, "cluster_block_exception", FLOOD, "read-only.*flood stage"),
        (403, "cluster_block_exception", FLOOD, "read-only.*flood stage"),
        (403, "security_exception", "no permissions", "does not permit this.*rights on the ind"),
    ],
)
def test_what_keeps_all_posts_out_is_told_at_once_and_of_no_post(
    status: int, kind: str, reason: str, message: str
):
    item = {"index": {"status": status, "error": {"type": kind, "reason": reason}}}
    with answering(Answer(200, {"errors": True, "items": [item]})) as (host, asked):
        many, cluster = bulk(host)
        many.put("a", "a.md", {})
        with pytest.raises((StoreError, EngineError), match=message) as caught:
            many.flush()
        assert "a.md" not in str(caught.value)
        assert len(asked) == 2
        cluster.close()


def test_a_post_that_is_larger_than_the_cluster_takes_is_named():
    with answering(Answer(413, "")) as (host, _):
        many, cluster = bulk(host)
        many.put("a", "a.md", {})
        many.put("b", "大.md", {"x": "大" * 1_000_000})
        with pytest.raises(EngineError, match=r"^大\.md: .*2\.9 MiB.*max_file_mib"):
            many.flush()
        cluster.close()


def test_documents_are_moved_again_where_shards_were_on_their_way_or_the_node_was_gone():
    refreshed, begun = Answer(200, {"_shards": {"failed": 0}}), Answer(200, {"task": "a:1"})
    failed = Answer(200, {"completed": True, "error": {"reason": "all shards failed"}})
    gone = Answer(404, told("resource_not_found_exception", "task"))
    done = Answer(200, {"completed": True, "response": {"failures": []}})
    each = (refreshed, begun, failed, begun, gone, begun, done)
    with answering(*each) as (host, asked):
        cluster = connect(parse(f"opensearch://{host}/news"), {})
        indices.move(cluster, "news~stage-1", "news~1")
        assert [one.path.partition("?")[0] for one in asked].count("/_reindex") == 3
        cluster.close()
    with answering(refreshed, begun, failed) as (host, _):
        cluster = connect(parse(f"opensearch://{host}/news"), AT_ONCE)
        with pytest.raises(StoreError, match=r"all shards failed.*run the same again"):
            indices.move(cluster, "news~stage-1", "news~1")
        cluster.close()


def test_the_deletion_of_what_is_not_there_is_no_error():
    gone = {"delete": {"status": 404}}
    with answering(Answer(200, {"errors": True, "items": [gone]})) as (host, _):
        many, cluster = bulk(host)
        many.delete("a", "a.md")
        many.flush()
        cluster.close()


def test_without_the_client_the_extra_that_installs_it_is_named(tmp_path: Path):
    program = (
        "import sys; sys.modules['opensearchpy'] = None\n"
        "from souwen.cli import run\n"
        "sys.exit(run(['--index', 'opensearch://127.0.0.1:1/news', 'search', '搜索']))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        encoding="utf-8",
    )
    assert found.returncode == 4
    assert "pip install 'souwen[opensearch]'" in found.stderr
