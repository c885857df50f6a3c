"""`turnout demo --once`: what a newcomer sees first."""

import asyncio
import re
import sys
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("turnout")
TOLD = re.compile(r"provider=(\w+), model=([\w-]+), attempts=(\d)")


async def test_the_tour_shows_who_answers_before_and_after_the_failure() -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(SCRIPT), "demo", "--once"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    text = output.decode()
    first, second = TOLD.findall(text)
    assert first == ("north", "sim-north", "1")
    assert second[:2] == ("south", "sim-south")
    assert int(second[2]) > 1
    assert "I am north, and I speak OpenAI's protocol. You asked: What is a turnout?" in text
    assert "I am south, and I speak Anthropic's protocol. You asked: Who answers now?" in text
    assert "would be asked, in this order" in text
    assert b"Traceback" not in errors
