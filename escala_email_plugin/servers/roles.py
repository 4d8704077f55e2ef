"""What a folder is for: SPECIAL-USE (RFC 6154) where the server says it, else its name."""

import unicodedata

from .imap_folders import ListedFolder

_FLAGS = {
    "\\inbox": "inbox",
    "\\sent": "sent",
    "\\drafts": "drafts",
    "\\junk": "junk",
    "\\spam": "junk",
    "\\trash": "trash",
    "\\archive": "archive",
    "\\all": "all",
    "\\allmail": "all",
}

_NAMES = {
    "sent": (
        # English, Spanish, Portuguese, French, German, Italian, Dutch
        "sent|sent items|sent mail|sent messages|sent-mail|sent e-mail|enviado|enviados|elementos enviados"
        "|correo enviado|mensajes enviados|itens enviados|mensagens enviadas|e-mails enviados|enviadas"
        "|enviats|elements enviats|messages envoyés|éléments envoyés|envoyés|courrier envoyé|gesendet"
        "|gesendete elemente|gesendete objekte|gesendete nachrichten|posta inviata|inviata|inviati"
        "|messaggi inviati|verzonden|verzonden items|verzonden berichten"
        # Polish, Czech, Slovak, Hungarian, Romanian, Danish, Norwegian, Swedish, Finnish
        "|wysłane|elementy wysłane|wysłane wiadomości|odeslané|odeslaná pošta|odoslané|odoslaná pošta"
        "|elküldött|elküldött elemek|elküldött üzenetek|trimise|elemente trimise|mesaje trimise|sendt"
        "|sendte elementer|sendt post|sendt e-post|skickat|skickade objekt|skickade meddelanden|lähetetyt"
        # Turkish, Greek, Russian, Ukrainian, Japanese, Chinese, Korean, Basque, Galician
        "|gönderilmiş öğeler|gönderilmiş postalar|gönderilenler|απεσταλμένα|отправленные|отправленная почта"
        "|надіслані|відправлені|送信済み|送信済みアイテム|送信済みメール|已发送|已发送邮件|已傳送|寄件備份"
        "|보낸편지함|보낸 편지함|bidalitakoak"
    ),
    "drafts": (
        "draft|drafts|borrador|borradores|rascunho|rascunhos|brouillon|brouillons|entwurf|entwürfe|bozza"
        "|bozze|concept|concepten|esborranys|borradors|wersje robocze|szkice|koncepty|rozpracované"
        "|piszkozatok|ciorne|kladder|kladd|utkast|luonnokset|taslaklar|πρόχειρα|черновики|чернетки|下書き|草稿|草稿箱"
        "|임시보관함|임시 보관함|zirriborroak"
    ),
    "junk": (
        "junk|junk mail|junk e-mail|junk email|spam|bulk|bulk mail|correo no deseado|no deseado"
        "|correo basura|lixo eletrônico|lixo eletrónico|courrier indésirable|indésirables|pourriel"
        "|spamverdacht|junk-e-mail|unerwünscht|posta indesiderata|indesiderata|ongewenste e-mail|ongewenst"
        "|correu brossa|wiadomości-śmieci|niechciane|nevyžádaná pošta|nevyžiadaná pošta|levélszemét"
        "|skräppost|søppelpost|uønsket mail|uønsket e-mail|roskaposti|istenmeyen|gereksiz e-posta"
        "|ανεπιθύμητα|спам|нежелательная почта|迷惑メール|垃圾邮件|垃圾郵件|스팸|스팸메일함|spama"
    ),
    "trash": (
        "trash|deleted|deleted items|deleted messages|bin|papelera|elementos eliminados|eliminados"
        "|mensajes eliminados|papelera de reciclaje|lixeira|lixo|itens excluídos|itens eliminados"
        "|corbeille|éléments supprimés|messages supprimés|papierkorb|gelöscht|gelöschte elemente"
        "|gelöschte objekte|cestino|posta eliminata|eliminata|prullenbak|verwijderde items|paperera"
        "|elements suprimits|kosz|elementy usunięte|koš|kôš|odstraněná pošta|odstránená pošta|lomtár"
        "|törölt elemek|törölt|coș de gunoi|elemente șterse|papirkurv|slettet post|slettede elementer"
        "|papperskorgen|borttagna objekt|roskakori|poistetut|çöp kutusu|silinmiş öğeler|κάδος"
        "|κάδος απορριμμάτων|διαγραμμένα|корзина|удаленные|кошик|ゴミ箱|削除済みアイテム|已删除|已删除邮件"
        "|刪除的郵件|垃圾桶|휴지통|zakarrontzia"
    ),
    "archive": (
        "archive|archives|archived|archivo|archivados|archivado|arquivo|arquivados|archiv|archivio|archiviati"
        "|archief|arxiu|archiwum|archív|arkiv|arkisto|arşiv|αρχείο|архив|архів|アーカイブ|存档|归档|보관함"
        "|artxiboa"
    ),
    "all": (
        "all mail|todos|todo el correo|todos os e-mails|todo o correio|tous les messages|alle nachrichten"
        "|tutti i messaggi|alle berichten|tot el correu|wszystkie|вся почта|すべてのメール"
        "|所有邮件|전체보관함"
    ),
}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip().replace("_", " ")


_ROLES = {_plain(name): role for role, names in _NAMES.items() for name in names.split("|")}


def role_of(listed: ListedFolder) -> str:
    """ "inbox", "sent", "drafts", "junk", "trash", "archive", "all", or "" for an ordinary folder.

    The server's word wins. By name, the last part of the path counts, in any letter case.
    "All Mail" by name only inside Gmail's own tree: elsewhere a person may have called a folder so.
    """
    for flag in sorted(listed.flags):
        if role := _FLAGS.get(flag.lower()):
            return role
    # RFC 9051 5.1: INBOX is the one name without regard to case.
    if listed.name.upper() == "INBOX":
        return "inbox"
    path = listed.name.split(listed.delimiter) if listed.delimiter else [listed.name]
    role = _ROLES.get(_plain(path[-1]), "")
    if role == "all" and path[0] not in ("[Gmail]", "[Google Mail]"):
        return ""
    return role
