/* Who comes back finds the list as it was left: so far down, and with the same conversations open. Only numbers
 * are noted, in the tab's own memory. */
(function () {
    const { Controller } = window.StimulusModule;

    /** So many pages are fetched again, at most. */
    const PAGES = 8;

    const ROW = '.escala-conversation[data-thread]';

    /** What moves when `element` is scrolled: in Wagtail's admin that is not the window. */
    function scrollerOf(element) {
        for (let one = element.parentElement; one; one = one.parentElement) {
            const { overflowY } = window.getComputedStyle(one);
            if (/auto|scroll/.test(overflowY) && one.scrollHeight > one.clientHeight) return one;
        }
        return document.scrollingElement;
    }

    class ReturnController extends Controller {
        connect() {
            const [{ type } = {}] = performance.getEntriesByType('navigation');
            this.left = type === 'back_forward' || type === 'reload' ? this.recall() : null;
        }

        get key() {
            return `escala-list:${this.element.dataset.escalaListSrcValue}`;
        }

        get list() {
            return this.application.getControllerForElementAndIdentifier(this.element, 'escala-list');
        }

        get rows() {
            return [...this.element.querySelectorAll(`.escala-list ${ROW}`)];
        }

        recall() {
            try {
                return JSON.parse(window.sessionStorage.getItem(this.key));
            } catch {
                return null;
            }
        }

        note() {
            if (!this.list?.started || this.element.offsetParent === null) return;
            const top = this.rows.find((row) => row.getBoundingClientRect().bottom > 0);
            const left = {
                shown: this.list.shown,
                open: this.rows.filter(({ open }) => open).map(({ dataset }) => dataset.thread).slice(0, 5),
                top: top?.dataset.thread,
                offset: top?.getBoundingClientRect().top,
            };
            try {
                window.sessionStorage.setItem(this.key, JSON.stringify(left));
            } catch {
                // Storage may be off or full.
            }
        }

        async restore() {
            const { left } = this;
            this.left = null;
            if (!left || left.shown !== this.list.shown || this.list.asked('thread')) return;
            for (let page = 1; page < PAGES && left.top && !this.row(left.top); page += 1) {
                if (!this.list.hasMoreTarget || this.list.moreTarget.dataset.failed) break;
                await this.list.continue();
            }
            left.open.forEach((thread) => {
                const row = this.row(thread);
                if (row) row.open = true;
            });
            if (left.offset < 0 || left.open.length) this.hold(left);
        }

        row(thread) {
            return this.rows.find(({ dataset }) => dataset.thread === thread);
        }

        /** Keeps the row where it was while what is above it grows, until the reader moves. */
        hold({ top, offset }) {
            const row = top && this.row(top);
            if (!row) return;
            const scroller = scrollerOf(row);
            const place = () => scroller.scrollBy(0, row.getBoundingClientRect().top - offset);
            const watcher = new ResizeObserver(place);
            const stop = () => watcher.disconnect();
            watcher.observe(this.element);
            ['wheel', 'touchmove', 'keydown', 'pointerdown'].forEach((name) => {
                window.addEventListener(name, stop, { once: true, passive: true });
            });
            setTimeout(stop, 4000);
            place();
        }
    }

    window.wagtail.app.register('escala-return', ReturnController);
})();
