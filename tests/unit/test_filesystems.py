"""Which file systems do not tell of all that changes on them?"""

from pathlib import Path

import pytest

from souwen.index.filesystems import is_remote, kind_of

MOUNTS = r"""22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
41 22 0:35 / /home/小林 rw,relatime shared:2 master:1 - nfs4 nas:/home rw,vers=4.2
42 41 8:1 / /home/小林/本地 rw shared:3 - xfs /dev/sda1 rw
43 22 0:36 / /mnt/my\040share rw shared:4 - cifs //nas/share rw
44 22 0:37 / /mnt/far rw shared:5 - fuse.sshfs far: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv/posts", "ext4"),
        ("/home/小林", "nfs4"),
        ("/home/小林/博客/posts", "nfs4"),
        ("/home/小林/本地/posts", "xfs"),
        ("/home/小林博客", "ext4"),
        ("/mnt/my share/posts", "cifs"),
        ("/mnt/far", "fuse.sshfs"),
    ],
)
def test_a_path_is_on_the_file_system_that_is_mounted_nearest_above(path: str, kind: str):
    assert kind_of(path, MOUNTS) == kind


def test_where_nothing_is_mounted_there_is_no_kind():
    assert kind_of("/srv", "") == ""


def test_a_temporary_folder_is_not_on_a_network(tmp_path: Path):
    assert not is_remote(tmp_path.as_posix())
