"""The wish for a person and the account taken over: heard in any wording, not when denied."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitp.policies.topics import tells_takeover, wants_human
from tests.policies.topics.generate import LANGUAGES, held_out

WISHES = """
转人工|人工|人工客服|转 人工|我要人工服务|请转接人工客服|找真人|真人客服|要真人|接人工|转人工！
帮我转一下人工|有没有真人|有真人吗|我要和真人说话|跟人聊|换人工|叫人工来|不要机器人|转仁工|转人功
给我人工|轉人工|我想找人工客服|人工客服在哪|能不能转人工|zhuanrengong|转客服|找客服|来个活人|human
Human please|agent|AGENT!!|real person|I want to speak to a human|speak to someone
talk to a real person|can I talk to an agent|connect me to a representative|get me a human
give me an agent|I need a person|humna|talk to a humen|speak with agnet|put me through to someone
transfer me to support|live agent|not a bot|are you a real person?|is there a human here|operator
I'd like to chat with a person|need human|I want a manager|let me talk to your supervisor
I don't want a bot, give me a human|can i speak to somebody please
customer service representative please, I need a human being|talk to customer service
escalate to a manager
"""
DECLINED = """
不用人工|不用转人工了|不需要人工客服|不要转人工|别转人工|无需人工|没必要找客服|人工智能是什么
人工审核要多久|真人认证失败|有人冒充真人客服骗我|真人识别不通过|取消转人工|no need for a human
I don't need an agent|do not connect me to an agent|I don't want to talk to a person
I already spoke to an agent|not necessary to get a person|I talked to your support yesterday
without an agent please|someone sent me coins|my order|hello|你好|充值没到账
API agent header is wrong
"""
TAKEN = """
我的账号被盗了|账户被黑|币被转走了|不是我操作的|不是本人登录|有人登录了我的账户|被骗了
我把验证码告诉骗子了|我点了钓鱼链接|黑客进入我的账号|钱被人提走了|账号被盗|我没有操作过，币没了
密码给了骗子|I was hacked|my account got hacked|someone withdrew my coins|I've been phished
that wasn't me|it was not me|my funds were stolen|somebody logged into my account
unauthorized withdrawal|I did not make this withdrawal|I gave my code to a scammer
my wallet has been drained|a hacker took over my account|hakced|SIM swapped
I entered my password on a phishing site|somebody else has changed my email
"""
SAFE = """
怎么防止账户被盗|担心被骗|如何避免被盗|没被盗，只是忘了密码|怎样才不会被黑|盗版软件|黑屏了
how do I avoid being hacked|I'm afraid of getting hacked|can my account be hacked
protect against phishing|my account was not hacked|I changed my password|where is my deposit
he moved to another city|I withdrew my coins|my order was not filled|someone answered me, thanks
充值没到账|提现一直没到
"""


def each_of(block: str) -> list[str]:
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", each_of(WISHES))
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize("text", each_of(DECLINED))
def test_who_declines_or_means_something_else_is_left_alone(text: str) -> None:
    assert not wants_human(text)


@pytest.mark.parametrize("text", each_of(TAKEN))
def test_an_account_in_other_hands_is_heard(text: str) -> None:
    assert tells_takeover(text)


@pytest.mark.parametrize("text", each_of(SAFE))
def test_a_question_about_safety_is_no_emergency(text: str) -> None:
    assert not tells_takeover(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_questions_raise_no_false_alarm(language: str) -> None:
    ordinary = [text for topic, text in held_out(language) if topic not in {"security", "other"}]
    assert [text for text in ordinary if tells_takeover(text) or wants_human(text)] == []


@given(st.text(max_size=1200))
def test_any_text_is_heard_out(text: str) -> None:
    assert wants_human(text) in {True, False}
    assert tells_takeover(text) in {True, False}


PARTS = st.sampled_from(
    [
        "don't ",
        "not ",
        "real ",
        "live ",
        "to ",
        "a ",
        "get ",
        "someone ",
        "has ",
        "human",
        "转",
        "不",
    ]
)


@given(st.lists(PARTS, max_size=400))
def test_no_wording_makes_listening_slow(parts: list[str]) -> None:
    text = "".join(parts)
    began = perf_counter()
    wants_human(text)
    tells_takeover(text)
    # Generous for a busy machine; a wording that explodes would take minutes.
    assert perf_counter() - began < 0.5
