"""Conversations in English, as a broker has them. Slots in braces are filled by ``correspondence``."""

from sandbox.demo.script import Script, Step

SCRIPTS = (
    Script(
        "Renewal of policy {policy}",
        Step(
            "seller",
            "Your {branch} policy {policy} with {insurer} ends on {date}. The renewal terms are "
            "attached: the annual premium is USD {premium} and the cover is unchanged.\n\n"
            "A short “yes” is all I need to bind it.",
            "pdf",
        ),
        Step(
            "client",
            "Thanks for the early notice. That is quite a jump on last year. Is there any room, "
            "given that we have had no claims?",
        ),
        Step(
            "seller",
            "I went back to {insurer}. They will allow 5 % for the clean record, and quarterly "
            "instalments. The schedule is in the attached sheet.",
            "sheet",
        ),
        Step(
            "client",
            "That works for us. Please go ahead.",
        ),
    ),
    Script(
        "Water damage at the {city} warehouse",
        Step(
            "client",
            "A pipe burst over the weekend and about forty pallets got wet. We have moved what we "
            "could and taken pictures. How do we start the claim?",
            "photo",
        ),
        Step(
            "seller",
            "Sorry to hear that. The claim is open at {insurer} under {claim}. Please do not throw "
            "anything away before the adjuster has been; she will call you today to arrange a visit.",
        ),
        Step(
            "client",
            "She came this morning. The inventory of what we lost is attached.",
            "csv",
        ),
        Step(
            "seller",
            "Good news: {insurer} accepts the claim at USD {amount}, less the deductible. Payment "
            "takes ten working days from the signed settlement, which I attach.",
            "pdf",
        ),
    ),
    Script(
        "Quote for {branch} cover",
        Step(
            "client",
            "We are opening an office in {city} and need a quote for {branch} cover. What do you "
            "need from us?",
        ),
        Step(
            "seller",
            "Happy to help. Sums insured, addresses, headcount and three years of claims history, if "
            "you have it. The attached form has everything on one page.",
            "sheet",
        ),
        Step(
            "client",
            "Filled in and attached. We would like to be covered from {date}.",
            "csv",
        ),
        Step(
            "seller",
            "{insurer} offers the best terms, USD {premium} a year. The comparison is attached.",
            "pdf",
        ),
        Step(
            "client",
            "I am taking this to the board on {date}. It looks good.",
        ),
    ),
    Script(
        "Certificate of insurance",
        Step(
            "client",
            "Our landlord wants a certificate for {policy} naming them as additional insured. Could you?",
        ),
        Step(
            "seller",
            "Attached. Let me know if they want different wording.",
            "pdf",
        ),
        Step(
            "client",
            "They are happy. Thank you for the quick turnaround.",
        ),
    ),
    Script(
        "Shipment to {city}, invoice value USD {amount}",
        Step(
            "client",
            "Please declare this one under {policy}: two containers, leaving on {date}.",
        ),
        Step(
            "seller",
            "Declared; certificate attached. Mind that {insurer} asks for a temperature log on reefers.",
            "pdf",
        ),
    ),
    Script(
        "Adding two drivers to the fleet policy",
        Step(
            "client",
            "We have two new drivers from {date}. Their licences are attached.",
            "inline",
        ),
        Step(
            "seller",
            "Both are on cover. There is no extra premium, as the fleet rate is per vehicle.",
        ),
        Step(
            "client",
            "Great, thanks.",
        ),
    ),
)
