"""The receive buffer behaves as one string of bytes would, and copies no more than it must."""

from __future__ import annotations

import random

from chatd.wire.buffer import ReceiveBuffer


def test_an_arrival_into_an_empty_buffer_is_kept_as_it_is():
    buffer = ReceiveBuffer()
    data = bytes(100)
    buffer.append(data)
    assert buffer.take(100) is data
    buffer.append(data)
    assert buffer.take_all() is data


def test_what_is_taken_is_bytes_whatever_it_was_put_together_from():
    buffer = ReceiveBuffer()
    buffer.append(b"ab")
    assert buffer.take(1) == b"a"
    buffer.append(b"cd")
    buffer.append(b"ef")
    taken = buffer.take(3)
    assert (taken, type(taken)) == (b"bcd", bytes)
    buffer.append(b"g")
    assert (buffer.peek(2), buffer.text(0, 3), len(buffer)) == (b"ef", "efg", 3)


def test_taking_gives_what_there_is():
    buffer = ReceiveBuffer()
    assert buffer.take(5) == b""
    buffer.append(b"ab")
    assert buffer.take(5) == b"ab"


def test_lines_are_found_one_after_the_other():
    buffer = ReceiveBuffer()
    buffer.append(b"a\nb")
    assert buffer.next_line() == (0, 2)
    assert buffer.next_line() is None
    assert buffer.unfinished_line_bytes == 1
    buffer.append(b"c\n\n")
    assert buffer.next_line() == (2, 5)
    assert buffer.next_line() == (5, 6)
    assert buffer.unfinished_line_bytes == 0
    buffer.skip(5)
    assert buffer.next_line() == (0, 1)


def test_find_stops_at_its_end_and_finds_what_arrives_in_two_pieces():
    buffer = ReceiveBuffer()
    buffer.append(b"..a")
    assert buffer.find(b"ab", 100) == -1
    buffer.append(b"b")
    assert buffer.find(b"ab", 3) == -1
    assert buffer.find(b"ab", 4) == 2
    assert buffer.find_once(b"ab", 3) == -1
    assert buffer.find_once(b"ab", 4) == 2


def test_any_appending_finding_and_taking_agrees_with_plain_bytes():
    rng = random.Random(1)
    for _ in range(200):
        buffer, model = ReceiveBuffer(), b""
        for _ in range(60):
            if rng.random() < 0.5:
                data = bytes(rng.choices(b"ab\n", k=rng.randint(0, 6)))
                buffer.append(data)
                model += data
            elif rng.random() < 0.6:
                assert buffer.find(b"ab\n", len(buffer)) == model.find(b"ab\n")
            else:
                size = rng.randint(0, 8)
                assert buffer.take(size) == model[:size]
                model = model[size:]
            assert (len(buffer), buffer.peek(4), buffer.starts_with(b"a")) == (
                len(model), model[:4], model.startswith(b"a"),
            )  # fmt: skip
