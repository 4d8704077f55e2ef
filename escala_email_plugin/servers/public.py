"""Which addresses belong to the public internet."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Not public, by IANA's registry for IPv4 (RFC 6890) and by what clouds made of the rest.
_PRIVATE_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT (RFC 6598), and a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # looks public, and is the host below each of Azure's machines
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
#: All of IPv6 that is given out for the public internet (RFC 4291 2.4).
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
# What lies in it and is not public.
_PRIVATE_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocols' own; Teredo holds an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4 holds an IPv4 address
        "3fff::/20",
    )
)
#: NAT64 (RFC 6052 2.1): how a machine with IPv6 alone reaches the IPv4 address in the last 32 bits.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether ``address`` belongs to the public internet, also where it is an IPv4 address inside IPv6."""
    if address.version == 4:
        return not any(address in network for network in _PRIVATE_4)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _PUBLIC_6 and not any(address in network for network in _PRIVATE_6)
