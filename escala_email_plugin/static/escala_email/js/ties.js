/* Which records a conversation is about, said by hand. No text is in here: it comes by data- attributes. */
(function () {
    const { Controller } = window.StimulusModule;

    /** How long typing pauses before what is typed is looked for, in milliseconds. */
    const PAUSE = 250;

    class TiesController extends Controller {
        static targets = ['content', 'found', 'query', 'result'];

        static values = { url: String, search: String, failed: String, refused: String };

        disconnect() {
            clearTimeout(this.timer);
        }

        /** What is typed here is no change of the host's form, and Enter does not send that. */
        hold() {}

        open({ target }) {
            if (target === this.element && this.element.open && !this.loaded) this.load();
        }

        async load() {
            this.loaded = true;
            try {
                this.contentTarget.innerHTML = await this.ask(this.urlValue);
            } catch ({ message }) {
                this.loaded = false;
                const refused = message === '404' && this.hasRefusedValue;
                this.contentTarget.textContent = refused ? this.refusedValue : this.failedValue;
            }
        }

        search() {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.find(), PAUSE);
        }

        async find() {
            const text = this.queryTarget.value.trim();
            const asked = `${this.searchValue}?${new URLSearchParams({ q: text })}`;
            try {
                const found = text ? await this.ask(asked) : '';
                // An answer that was overtaken by typing is not shown.
                if (this.hasQueryTarget && text === this.queryTarget.value.trim()) this.foundTarget.innerHTML = found;
            } catch {
                this.foundTarget.textContent = this.failedValue;
            }
        }

        async act({ currentTarget, params }) {
            if (this.busy) return;
            this.busy = true;
            // Not `disabled`: that would drop the focus.
            currentTarget.setAttribute('aria-disabled', 'true');
            try {
                this.resultTarget.innerHTML = await this.post(params.url, params.how);
                this.mark(params);
                await this.load();
            } catch {
                this.resultTarget.textContent = this.failedValue;
            }
            currentTarget.removeAttribute('aria-disabled');
            this.busy = false;
            this.resultTarget.focus();
        }

        /** What is not this record's any more is dimmed, until the list is loaded anew. */
        mark({ url, how }) {
            const row = this.element.closest('.escala-conversation');
            if (row && url === this.urlValue) row.classList.toggle('escala-conversation--left-out', how === 'untie');
            this.dispatch('done', { detail: { url, how }, cancelable: false });
        }

        async ask(url, options = {}) {
            const headers = { 'X-Requested-With': 'XMLHttpRequest', ...options.headers };
            const response = await fetch(url, { ...options, headers });
            if (!response.ok || response.redirected) throw new Error(response.status);
            return (await response.text()).trim();
        }

        post(url, how) {
            const { CSRF_HEADER_NAME, CSRF_TOKEN } = JSON.parse(
                document.getElementById('wagtail-config').textContent,
            );
            const headers = { [CSRF_HEADER_NAME]: CSRF_TOKEN };
            return this.ask(url, { method: 'POST', body: new URLSearchParams({ how }), headers });
        }
    }

    window.wagtail.app.register('escala-ties', TiesController);
})();
