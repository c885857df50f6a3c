from turnout.interfaces.relay.openai.refusal import Refusal


def test_an_error_is_told_in_a_body_or_an_event() -> None:
    refusal = Refusal(429, "no", "t", "c", headers=(("retry-after", "1"),))
    assert refusal.body() == b'{"error":{"message":"no","type":"t","param":null,"code":"c"}}'
    assert refusal.event() == b"data: " + refusal.body() + b"\n\n"
    assert refusal.header_list() == [("content-type", "application/json"), ("retry-after", "1")]
