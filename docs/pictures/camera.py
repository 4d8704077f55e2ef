"""Takes the pictures, each in Spanish and English, by going where a reader would: docs/pictures/make."""

import os
import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from docs.pictures.stage import SELLER, Stage, stage

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("es", "en")
#: Colours of a picture. An admin has few, and a picture stays below 150 kB.
COLOURS = 96
HIGHEST = 760
SIZE = {"width": 1200, "height": HIGHEST}

expect.set_options(timeout=30_000)


def conversations(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/crm/people/?q=Ospina")
    page.goto(url + page.locator("td.title a").first.get_attribute("href") + "#tab-email")
    number = page.url.split("/edit/")[1].split("/")[0]
    page.goto(f"{url}/admin/email/records/crm/person/{number}/page/")
    expect(page.locator(".escala-conversation").first).to_be_visible()


def opened(page: Page, url: str, words: str) -> None:
    conversations(page, url)
    row = page.locator(".escala-conversation").filter(has_text=words).first
    row.locator("summary").first.click()
    expect(row.locator(".escala-message[open] iframe").last).to_be_visible()
    row.evaluate("one => scrollTo(0, one.getBoundingClientRect().top - 70)")


def thread(page: Page, url: str) -> None:
    opened(page, url, "Inclusión del vehículo")


def pictures(page: Page, url: str) -> None:
    opened(page, url, "Fotos del patio nuevo")
    expect(page.locator(".escala-pictures")).to_be_visible()


def filtered(page: Page, url: str) -> None:
    conversations(page, url)
    page.locator(".escala-filters__toggle").click()
    page.locator("[data-field=q]").fill("póliza")
    expect(page.locator(".escala-emails mark").first).to_be_visible()


def search(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/email/search/?q=p%C3%B3liza")


def modules(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/email/modules/")


def listing(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 1440, "height": HIGHEST})
    page.goto(f"{url}/admin/crm/people/")


#: What is shown: who looks, and how to get there.
SCENES = {
    "list": ("lucia", conversations),
    "filters": ("lucia", filtered),
    "thread": ("lucia", thread),
    "pictures-bar": ("lucia", pictures),
    "search": ("lucia", search),
    "counters": ("lucia", listing),
    "modules": ("admin", modules),
}


def log_in(page: Page, url: str, user: str) -> Page:
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", user)
    page.click("button[type=submit]")
    page.wait_for_url(lambda where: "login" not in where)
    return page


def connect(page: Page, url: str) -> None:
    """The seller's mailbox by the stand-in for Google, until all of it is read."""
    page.goto(f"{url}/admin/email/settings/personal/")
    page.locator("main").get_by_text("Google").first.click()
    page.locator(f"input[value='{SELLER}']").check()
    page.get_by_text("Permitir").click()
    page.locator("button[form=escala-start]").click(timeout=120_000)
    page.wait_for_timeout(20_000)


def take(page: Page, to: Path) -> None:
    """What can be seen, in few colours."""
    page.wait_for_timeout(600)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(to, optimize=True)
    print(to.relative_to(FOLDER.parents[1]), f"{to.stat().st_size // 1000} kB")


def main(names: list[str]) -> None:
    if unknown := set(names) - set(SCENES):
        sys.exit(f"There is no picture {', '.join(unknown)}. There are: {', '.join(SCENES)}.")
    with stage() as crm, sync_playwright() as play:
        browser = play.chromium.launch(**chromium())
        crm.speak("es")
        users = {
            user: log_in(
                browser.new_page(viewport=SIZE, locale="es-CO", reduced_motion="reduce"), crm.url, user
            )
            for user in ("lucia", "admin")
        }
        connect(users["lucia"], crm.url)
        for language in LANGUAGES:
            shoot(crm, users, language, names or list(SCENES))
        browser.close()


def shoot(crm: Stage, users: dict[str, Page], language: str, names: list[str]) -> None:
    crm.speak(language)
    for name in names:
        user, go = SCENES[name]
        users[user].set_viewport_size(SIZE)
        go(users[user], crm.url)
        take(users[user], FOLDER / f"{name}.{language}.png")


def chromium() -> dict:
    """The machine's own. As root it must do without its sandbox."""
    found = os.environ.get("ESCALA_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    return {"executable_path": found, "args": ["--no-sandbox"] if os.getuid() == 0 else []}


if __name__ == "__main__":
    main(sys.argv[1:])
