"""A name server on loopback with a zone of the test's own, asked by UDP as any other."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset


class NameServer:
    """``server["_imaps._tcp.andina.test", "SRV"] = ["0 1 993 imap.andina.test."]``; as a context manager.

    ``behaviour``: "honest"; "silent" answers nothing, "failing" SERVFAIL, "garbled" bytes that are no answer.
    ``asked`` holds the questions.
    """

    def __init__(self) -> None:
        self.behaviour = "honest"
        self.asked: list[tuple[str, str]] = []
        self._zone: dict[tuple[str, str], list[str]] = {}

    def __setitem__(self, question: tuple[str, str], records: list[str]) -> None:
        self._zone[question] = records

    def __enter__(self) -> "NameServer":
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._sock.getsockname())
        self._thread.join(5)
        self._sock.close()

    def resolver(self) -> dns.resolver.Resolver:
        """A resolver that asks this server and no other."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self._sock.getsockname()[1]
        return resolver

    def _serve(self) -> None:
        while True:
            data, sender = self._sock.recvfrom(4096)
            if not data:
                return
            if answer := self._answer(dns.message.from_wire(data)):
                self._sock.sendto(answer, sender)

    def _answer(self, query: dns.message.Message) -> bytes:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        records = self._zone.get((name, kind), [])
        if records:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        if self.behaviour == "failing":
            response.set_rcode(dns.rcode.SERVFAIL)
        return {"silent": b"", "garbled": b"\xff" * 40}.get(self.behaviour, response.to_wire())
