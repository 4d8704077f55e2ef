/* The frame that a mail is shown in. The mail runs no script: what is done here is done from outside. */
(function () {
    const { Controller } = window.StimulusModule;

    /** A taller mail scrolls in its frame. */
    const TALLEST = 20000;

    /** Fits a frame to the mail in it, also when something in there unfolds or a picture comes, and tells it
     * whether the page is dark. */
    class FrameController extends Controller {
        connect() {
            this.watching = new ResizeObserver(() => this.measure());
            this.theme = new MutationObserver(() => this.paint());
            this.theme.observe(document.documentElement, { attributeFilter: ['class'] });
            this.dark = window.matchMedia('(prefers-color-scheme: dark)');
            this.repaint = () => this.paint();
            this.dark.addEventListener('change', this.repaint);
            // It may have come before this script.
            this.fit();
        }

        disconnect() {
            this.watching.disconnect();
            this.theme.disconnect();
            this.dark.removeEventListener('change', this.repaint);
        }

        get inner() {
            const inner = this.element.contentDocument;
            return inner && inner.body && inner.URL !== 'about:blank' ? inner : null;
        }

        /** A document came. */
        fit() {
            this.watching.disconnect();
            if (!this.inner) return;
            this.paint();
            this.watching.observe(this.inner.documentElement);
            this.watching.observe(this.inner.body);
            this.measure();
        }

        measure() {
            const { inner } = this;
            if (!inner) return;
            const { body, documentElement: root } = inner;
            // Not the root's scroll height: that is never less than the frame's own.
            let height = Math.max(root.getBoundingClientRect().height, body.scrollHeight);
            // What is too wide scrolls, and the bar for it takes its place.
            if (root.scrollWidth > root.clientWidth) height += 18;
            height = `${Math.min(Math.ceil(height), TALLEST)}px`;
            if (this.element.style.height !== height) this.element.style.height = height;
        }

        paint() {
            if (!this.inner) return;
            const { classList } = document.documentElement;
            const follows = classList.contains('w-theme-system') && this.dark.matches;
            const isDark = classList.contains('w-theme-dark') || follows;
            this.inner.documentElement.dataset.theme = isDark ? 'dark' : 'light';
            const isPlain = this.inner.body.querySelector(':scope > .escala-plain') !== null;
            this.element.classList.toggle('escala-message__body--dark', isDark && isPlain);
        }
    }

    window.wagtail.app.register('escala-frame', FrameController);
})();
