"""The folders of a mailbox and their numbers: from a real server, and from odd ones."""

import pytest

from escala_email_plugin.servers import imap_overview
from escala_email_plugin.servers.imap import FolderState, ListedFolder, ProtocolTrouble, Throttled
from tests.making import letter

from .fixtures import EXAMINED

LISTS_NUMBERS = "LIST-EXTENDED LIST-STATUS"


@pytest.mark.dovecot
def test_every_folder_comes_with_its_numbers_in_one_round_trip(mailbox):
    for _ in range(3):
        mailbox.append(letter())
    mailbox.append(letter(), folder="Año/ñandú & co")
    with mailbox.session() as session:
        before = session.traffic.copy()
        overview = {folder.name: (folder, state) for folder, state in session.overview()}
        assert (session.traffic - before).commands == 1
        assert overview["Sent"][0].flags == {"\\sent"}
        assert overview["INBOX"][1].exists == 3
        assert overview["Año/ñandú & co"][1].uidnext == 2
        for name, (folder, state) in overview.items():
            assert state == (None if "\\noselect" in folder.flags else session.status(name))


@pytest.mark.dovecot
def test_a_folder_that_only_holds_others_has_no_numbers(mailbox):
    other = mailbox.dovecot.client(mailbox.user)
    other.create("Parent/Child")
    other.logout()
    with mailbox.session() as session:
        overview = {folder.name: state for folder, state in session.overview()}
    assert overview["Parent"] is None
    assert overview["Parent/Child"].exists == 0


def test_a_server_that_cannot_is_asked_for_the_folders_alone(opened):
    session = opened(lambda peer: peer.answer('LIST "" "*"', '* LIST () "/" INBOX', '* LIST () "/" Sent'))
    assert session.overview() == [
        (ListedFolder("INBOX", "/", frozenset()), None),
        (ListedFolder("Sent", "/", frozenset()), None),
    ]


@pytest.mark.parametrize("refusal", ["BAD parse error", "NO cannot", "OK nothing came"])
def test_a_server_that_only_says_it_can_is_asked_once(opened, refusal):
    def script(peer):
        peer.answer('LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))', result=refusal)
        peer.answer('LIST "" "*"', '* LIST () "/" INBOX')
        tag, command = peer.command()
        assert command == 'LIST "" "*"'
        peer.send('* LIST () "/" INBOX', f"{tag} OK done")

    session = opened(script, LISTS_NUMBERS)
    inbox = [(ListedFolder("INBOX", "/", frozenset()), None)]
    assert session.overview() == inbox
    assert session.overview() == inbox


def test_a_server_that_wants_peace_is_not_taken_for_one_that_cannot(opened):
    session = opened(
        lambda peer: peer.answer("LIST", result="BAD User is authenticated but not connected."), LISTS_NUMBERS
    )
    with pytest.raises(Throttled):
        session.overview()


def test_what_is_asked_for_is_what_the_server_offers(opened):
    def script(peer):
        wanted = "MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ MAILBOXID"
        peer.answer(
            f'LIST "" "*" RETURN (SPECIAL-USE STATUS ({wanted}))',
            '* LIST (\\Sent) "/" Gesendet',
            '* STATUS "Gesendet" (MESSAGES 5 MAILBOXID (F2212ea87-6097) UIDNEXT 9 '
            "UIDVALIDITY 7 HIGHESTMODSEQ 3)",
        )
        peer.answer(f'STATUS "Gesendet" ({wanted})', "* STATUS Gesendet (MAILBOXID (F2212ea87-6097))")
        peer.answer("EXAMINE", *EXAMINED, "* OK [MAILBOXID (F2212ea87-6097)] Ok")

    session = opened(script, f"{LISTS_NUMBERS} SPECIAL-USE CONDSTORE OBJECTID")
    ((folder, state),) = session.overview()
    assert folder.flags == {"\\sent"}
    assert state == FolderState(7, 9, 5, 3, "F2212ea87-6097")
    assert session.status("Gesendet").mailbox_id == "F2212ea87-6097"
    assert session.examine("Gesendet") == FolderState(7, 9, 3, None, "F2212ea87-6097")


def test_roles_are_asked_for_also_without_numbers(opened):
    def script(peer):
        peer.answer('LIST "" "*" RETURN (SPECIAL-USE)', '* LIST (\\Sent) "/" Gesendet')
        peer.answer('LIST "" "*" RETURN (SPECIAL-USE)', result="BAD parse error")
        peer.answer('LIST "" "*"', '* LIST () "/" Gesendet')

    session = opened(script, "LIST-EXTENDED SPECIAL-USE")
    assert session.folders() == [ListedFolder("Gesendet", "/", frozenset({"\\sent"}))]
    assert session.folders() == [ListedFolder("Gesendet", "/", frozenset())]


@pytest.mark.parametrize("capabilities", ["", LISTS_NUMBERS, "LIST-EXTENDED SPECIAL-USE"])
def test_an_empty_list_is_trouble_and_not_a_mailbox_without_folders(opened, capabilities):
    def script(peer):
        while True:
            peer.answer("LIST")

    for question in ("folders", "overview"):
        with pytest.raises(ProtocolTrouble) as caught:
            getattr(opened(script, capabilities), question)()
        assert caught.value.code == "bad_answer"


@pytest.mark.parametrize(
    "line",
    [
        "* STATUS Odd (MESSAGES many)",
        "* STATUS Odd (MESSAGES 4294967296)",
        "* STATUS Odd (MESSAGES)",
        "* STATUS Odd",
        "* STATUS Odd (MESSAGES 1",
        "* STATUS (((((((",
        "* STATUS",
        "* STATUS Other (MESSAGES 1)",
        "* OK [ALERT] Odd is broken",
    ],
)
def test_nonsense_about_one_folder_leaves_the_others_their_numbers(opened, line):
    def script(peer):
        peer.answer(
            "LIST",
            '* LIST () "/" Odd',
            line,
            '* LIST () "/" INBOX',
            "* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)",
        )

    overview = {folder.name: state for folder, state in opened(script, LISTS_NUMBERS).overview()}
    assert overview == {"Odd": None, "INBOX": FolderState(7, 4, 3, None)}


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("inbox", "INBOX"),
        ('"a (b"', '"a (b"'),
        ('"say \\"hi\\" \\\\o/"', '"say \\"hi\\" \\\\o/"'),
        ("{5}\r\na b c", '"a b c"'),
        ('"a b c"', "{5}\r\na b c"),
        ('"M&APw-nchen"', "M&APw-nchen"),
        ("007", '"007"'),
        ("123", '"123"'),
        ('"NIL"', '"NIL"'),
    ],
)
def test_a_folder_gets_its_own_numbers_however_its_name_is_written(opened, listed, told):
    def script(peer):
        peer.answer(
            "LIST",
            f'* LIST () "/" {listed}',
            f"* STATUS {told} (UIDVALIDITY 7 MESSAGES 5 UIDNEXT 9 X-FUTURE (a b))",
            '* LIST () "/" Other',
        )

    folder, other = opened(script, LISTS_NUMBERS).overview()
    assert folder[1] == FolderState(7, 9, 5, None)
    assert other[1] is None


def test_a_name_without_its_quotes_does_not_hide_the_numbers(opened):
    # As Exchange 2007 writes it.
    session = opened(lambda peer: peer.answer("STATUS", "* STATUS Sent Items (MESSAGES 5 UIDNEXT 9) "))
    assert session.status("Sent Items") == FolderState(0, 9, 5, None)


def test_what_follows_a_folders_name_is_passed_over(opened):
    def script(peer):
        peer.answer(
            "LIST", '* LIST (\\HasChildren) "/" "Año" ("CHILDINFO" ("SUBSCRIBED"))', "* LIST () NIL INBOX"
        )

    assert [folder.name for folder in opened(script).folders()] == ["Año", "INBOX"]


def test_text_after_a_number_may_hold_brackets(opened):
    session = opened(
        lambda peer: peer.answer("EXAMINE", "* 3 EXISTS", "* OK [UIDVALIDITY 7] see [1]", "* OK [UIDNEXT 9]")
    )
    assert session.examine("INBOX") == FolderState(7, 9, 3, None)


@pytest.mark.parametrize("value", ["", "()", "NIL", "(a b)", "(" + "x" * 256 + ")", "(ñ)", "7"])
def test_an_odd_mailbox_id_is_none_and_costs_nothing_else(opened, value):
    line = f"* STATUS INBOX (MESSAGES 5 MAILBOXID {value})"
    session = opened(lambda peer: peer.answer("STATUS", line), "OBJECTID")
    try:
        state = session.status("INBOX")
    except ProtocolTrouble:
        assert value == ""
    else:
        assert (state.exists, state.mailbox_id) == (5, "7" if value == "7" else "")


@pytest.mark.parametrize("capabilities", ["", LISTS_NUMBERS])
def test_folders_without_end_are_refused(opened, monkeypatch, capabilities):
    monkeypatch.setattr(imap_overview, "MOST_FOLDERS", 10)
    for count, question in ((10, "overview"), (11, "overview"), (11, "folders")):
        lines = [f'* LIST () "/" F{n}' for n in range(count)]
        session = opened(lambda peer, lines=lines: peer.answer("LIST", *lines), capabilities)
        if count == 10:
            assert len(session.overview()) == 10
            continue
        with pytest.raises(ProtocolTrouble) as caught:
            getattr(session, question)()
        assert caught.value.code == "too_big_answer"


def test_a_mailbox_with_a_thousand_folders_is_read_whole(opened):
    def script(peer):
        lines = [
            line
            for n in range(1000)
            for line in (f'* LIST () "/" "F {n}"', f'* STATUS "F {n}" (MESSAGES {n})')
        ]
        peer.answer("LIST", *lines)

    overview = opened(script, LISTS_NUMBERS).overview()
    assert [(folder.name, state.exists) for folder, state in overview] == [(f"F {n}", n) for n in range(1000)]
