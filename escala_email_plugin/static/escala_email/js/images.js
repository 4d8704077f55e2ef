/* The bar about the pictures of a mail that lie outside. Its texts come with the mail's document, as text. */
(function () {
    const { Controller } = window.StimulusModule;

    class PicturesController extends Controller {
        static targets = ['frame', 'bar', 'says', 'once', 'always', 'stop'];

        static values = { url: String, failed: String };

        connect() {
            // It may have come before this script.
            this.read();
        }

        /** What the document in the frame says of its pictures. */
        read() {
            const inner = this.frameTarget.contentDocument;
            const { pictures, says = '', always = '' } = (inner && inner.documentElement.dataset) || {};
            if (!pictures) return;
            this.saysTarget.textContent = says;
            this.alwaysTarget.textContent = always;
            this.onceTarget.hidden = pictures !== 'blocked';
            this.alwaysTarget.hidden = !always;
            this.stopTarget.hidden = pictures !== 'always';
            this.barTarget.hidden = !says;
            // The button that was pressed may be gone: the focus stays in the bar.
            if (this.chosen && !this.barTarget.contains(document.activeElement)) this.saysTarget.focus();
            this.chosen = false;
        }

        async choose({ params: { choice } }) {
            if (this.busy) return;
            this.busy = true;
            this.barTarget.setAttribute('aria-busy', 'true');
            try {
                const address = await this.post(choice);
                this.chosen = true;
                // Not `src`: that would be a step for the browser's way back.
                this.frameTarget.contentWindow.location.replace(address);
            } catch {
                this.saysTarget.textContent = this.failedValue;
            }
            this.barTarget.removeAttribute('aria-busy');
            this.busy = false;
        }

        /** The address of the mail as it was chosen. */
        async post(choice) {
            const { CSRF_HEADER_NAME, CSRF_TOKEN } = JSON.parse(
                document.getElementById('wagtail-config').textContent,
            );
            const response = await fetch(this.urlValue, {
                method: 'POST',
                body: new URLSearchParams({ choice }),
                headers: { 'X-Requested-With': 'XMLHttpRequest', [CSRF_HEADER_NAME]: CSRF_TOKEN },
            });
            if (!response.ok || response.redirected) throw new Error(response.status);
            const address = new URL(await response.text(), window.location.href);
            if (address.origin !== window.location.origin) throw new Error(address.origin);
            return address.href;
        }
    }

    window.wagtail.app.register('escala-pictures', PicturesController);
})();
