"""What a script can refer to: schemes beside it, shipped schemes, libraries."""

from __future__ import annotations

from pathlib import Path

from kaoping.scheme import Scheme
from kaoping.source import NOWHERE
from kaoping.surroundings import Surroundings, shipped_scripts


def test_a_scheme_beside_the_script_is_found_by_the_name_it_gives_itself(tmp_path: Path) -> None:
    (tmp_path / "一.kp").write_text("# 甲考评 在别处\nscheme 乙考评\n", "utf-8")
    (tmp_path / "二.kp").write_text("scheme 甲考评\n", "utf-8-sig")
    found = Surroundings(tmp_path).scheme("甲考评")
    assert found is not None
    assert found.source.name == str(tmp_path / "二.kp")


def test_a_file_that_cannot_be_read_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "a.kp").write_bytes("scheme 甲考评".encode("gb18030"))
    (tmp_path / "b.kp").mkdir()
    (tmp_path / "c.kp").write_text("scheme 甲考评 ((\n", "utf-8")
    (tmp_path / "d.kp").write_text("scheme 甲考评\nitem (((\n", "utf-8")
    found = Surroundings(tmp_path).scheme("甲考评")
    assert found is not None
    assert found.source.name == str(tmp_path / "d.kp")


def test_shipped_schemes_are_found_from_anywhere(tmp_path: Path) -> None:
    for surroundings in (Surroundings(), Surroundings(tmp_path)):
        found = surroundings.scheme("娄底市县市区绩效评估")
        assert found is not None
        assert Path(found.source.name) == shipped_scripts()["loudi-2009"]


def test_what_there_is_not_is_none(tmp_path: Path) -> None:
    assert Surroundings(tmp_path).scheme("没有的考评") is None
    assert Surroundings().library("环保") is None


def test_a_library_is_known_by_its_name() -> None:
    library = Scheme(NOWHERE.source, ())
    assert Surroundings(libraries={"信访": library}).library("信访") is library
