"""What people write, in ten languages, each with a character set that its mail programs really use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A character set (IANA name), first and last names, subjects and sentences."""

    charset: str
    names: tuple[str, ...]
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


LANGUAGES = (
    Language(
        "us-ascii",
        ("Grace Holloway", "Marsh, Peter", "Olivia Trent", "Oakes, Henry"),
        ("Renewal of the fleet policy", "Question about the deductible", "Meeting on Thursday"),
        (
            "Thank you for the figures; we went through them this morning.",
            "Could you tell us whether the warehouse is covered during the move?",
            "The signed form is on its way, and the invoice follows next week.",
        ),
    ),
    Language(
        "windows-1252",
        ("Lucía Peña", "Andrés Muñoz", "Sofía Ibáñez", "Íñigo Núñez"),
        ("Renovación de la póliza", "Cotización del vehículo", "Reunión del próximo miércoles"),
        (
            "Le agradezco la cotización; la revisaré mañana con mi esposo.",
            "¿Podría confirmar si el siniestro de enero ya fue pagado?",
            "Adjunto la cédula y el último extracto, según lo conversado.",
        ),
    ),
    Language(
        "iso-8859-1",
        ("Jörg Krämer", "Käthe Böhm", "Günter Voß", "Änne Schäfer"),
        ("Verlängerung der Versicherung", "Rückfrage zur Prämie", "Schadensmeldung vom März"),
        (
            "Vielen Dank für die Unterlagen, die wir gründlich geprüft haben.",
            "Könnten Sie uns bitte die Höhe der Selbstbeteiligung bestätigen?",
            "Die Rechnung überweisen wir spätestens nächsten Dienstag.",
        ),
    ),
    Language(
        "iso-8859-15",
        ("Hélène Cœur", "François Noël", "Maëlle Dupré", "Jérôme Lefèvre"),
        ("Échéance du contrat", "Déclaration de sinistre", "Réunion décalée à vendredi"),
        (
            "Nous avons bien reçu l'avenant et vous le renvoyons signé.",
            "La prime s'élève-t-elle toujours à 480 € par trimestre ?",
            "Une sœur de l'assurée souhaite également être couverte.",
        ),
    ),
    Language(
        "iso-8859-2",
        ("Grażyna Wójcik", "Paweł Dąbrowski", "Łucja Żak", "Józef Święcki"),
        ("Przedłużenie polisy", "Pytanie o składkę", "Zgłoszenie szkody"),
        (
            "Dziękuję za przesłaną ofertę, odpowiemy do końca tygodnia.",
            "Czy mógłby Pan potwierdzić, że płatność została zaksięgowana?",
            "W załączeniu przesyłam zdjęcia uszkodzonego samochodu.",
        ),
    ),
    Language(
        "koi8-r",
        ("Ирина Соколова", "Павел Егоров", "Анна Лебедева", "Юрий Фомин"),
        ("Продление полиса", "Вопрос о выплате", "Встреча во вторник"),
        (
            "Спасибо за расчёт, мы обсудим его с бухгалтерией.",
            "Подскажите, пожалуйста, покрывает ли полис ущерб от воды?",
            "Подписанный договор отправим курьером завтра утром.",
        ),
    ),
    Language(
        "iso-8859-7",
        ("Μαρία Λάμπρου", "Νίκος Ζέρβας", "Ελένη Βλάχου", "Πέτρος Δήμου"),
        ("Ανανέωση συμβολαίου", "Ερώτηση για το ασφάλιστρο", "Δήλωση ζημιάς"),
        (
            "Σας ευχαριστούμε για την προσφορά, την εξετάζουμε.",
            "Μπορείτε να μας πείτε πότε λήγει η κάλυψη;",
            "Θα στείλουμε τα έγγραφα μέχρι την Παρασκευή.",
        ),
    ),
    Language(
        "iso-2022-jp",
        ("中村 恵", "小林 誠", "加藤 結衣", "吉田 亮"),
        ("保険契約の更新について", "お見積りの件", "打ち合わせの日程"),
        (
            "先日はお打ち合わせのお時間をいただき、ありがとうございました。",
            "自己負担額について確認させていただけますでしょうか。",
            "署名済みの書類は来週お送りいたします。",
        ),
    ),
    Language(
        "euc-kr",
        ("박서준", "최유나", "정하늘", "한지민"),
        ("보험 갱신 안내", "보험료 문의", "회의 일정 변경"),
        (
            "보내 주신 견적서는 잘 받았습니다.",
            "자기 부담금이 얼마인지 알려 주시겠습니까?",
            "서명한 서류는 다음 주에 보내 드리겠습니다.",
        ),
    ),
    Language(
        "gb2312",
        ("陈静", "刘洋", "赵敏", "黄磊"),
        ("保单续期", "关于保费的问题", "会议改到星期四"),
        (
            "报价单已经收到,我们正在讨论。",
            "请问仓库搬迁期间是否在保险范围之内?",
            "签好的合同下周寄出。",
        ),
    ),
)

#: How often each of them writes; the rest is newsletters and the like, in English.
WEIGHTS = (40, 30, 8, 6, 4, 4, 2, 2, 2, 2)
