"""What kind of file an attachment is, as far as a reader wants to know; and whether its name deceives."""

#: By the end of its name, for the name decides what opens it once it is saved.
_BY_END = {
    "image": "avif bmp gif heic heif ico jfif jpeg jpg png tif tiff webp",
    "pdf": "pdf",
    "document": "doc docx odt pages rtf wpd wps",
    "sheet": "csv numbers ods tsv xls xlsb xlsx",
    "slides": "key odp pps ppsx ppt pptx",
    "text": "log md txt",
    "archive": "7z bz2 gz rar tar tgz xz zip",
    "audio": "aac amr flac m4a mp3 oga ogg opus wav wma",
    "video": "avi m4v mkv mov mp4 mpeg mpg webm wmv",
    "calendar": "ics ical ifb",
    "contact": "vcf",
    "mail": "eml msg mbox",
    "page": "htm html mht mhtml shtml svg svgz xht xhtml xml xsl xslt",
    # What runs, or may make something run, when somebody opens it.
    "program": "ace apk app appimage appref-ms application bat bin bgi chm cmd com command cpl crx csh deb "
    "diagcab dll dmg docm dotm exe gadget hta img inf ins iqy iso jar jnlp js jse ksh lnk mde msc "
    "msi msix msp mst one pif pkg potm ppam ppsm pptm ps1 ps1xml psm1 py pyw rb reg rpm scf scpt scr "
    "sct settingcontent-ms sh sldm slk sys url vb vbe vbs vhd vhdx vxd website wim wsc wsf wsh xlam "
    "xll xlm xlsm xltm xbap",
}
_KIND = {end: kind for kind, ends in _BY_END.items() for end in ends.split()}

#: Of a file whose name tells nothing.
_BY_TYPE = {
    "application/pdf": "pdf",
    "application/xhtml+xml": "page",
    "application/xml": "page",
    "application/zip": "archive",
    "image/svg+xml": "page",
    "message/rfc822": "mail",
    "text/calendar": "calendar",
    "text/csv": "sheet",
    "text/html": "page",
    "text/plain": "text",
    "text/xml": "page",
}

#: The first bytes of what browsers show as a picture and nothing else. SVG is a document, so it is not here.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

#: Bytes at the beginning of a file by which ``picture_type`` and ``is_pdf`` know it.
BEGINNING = 1024


def kind(name: str, content_type: str) -> str:
    """One of "image", "pdf", "document", "sheet", "slides", "text", "archive", "audio", "video", "calendar",
    "contact", "mail", "page", "program" and "other"."""
    found = _KIND.get(_end(name))
    if found:
        return found
    main = content_type.partition("/")[0]
    return _BY_TYPE.get(content_type) or (main if main in ("image", "audio", "video") else "other")


def is_disguised(name: str) -> bool:
    """Whether a program looks like something else by its name: "factura.pdf.exe", "factura.pdf      .exe"."""
    stem = name.rpartition(".")[0]
    return kind(name, "") in ("program", "page") and _KIND.get(_end(stem), "program") != "program"


def _end(name: str) -> str:
    return name.strip(" .").rpartition(".")[2].lower().strip() if "." in name.strip(" .") else ""


def picture_type(beginning: bytes) -> str:
    """The type of a picture that browsers show, by its first bytes alone; "" for all else."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    return next((told for magic, told in _PICTURES if beginning.startswith(magic)), "")


def is_pdf(beginning: bytes) -> bool:
    """Whether it begins as a PDF does (ISO 32000-1, 7.5.2)."""
    return beginning.startswith(b"%PDF-")
