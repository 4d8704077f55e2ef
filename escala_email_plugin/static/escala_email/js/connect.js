/* Connecting by hand: the servers are found from the address, and a test shows its steps while it runs.
 * No text is in here: it comes by data- attributes, or from the server. */
(function () {
    const { Controller } = window.StimulusModule;

    const HEADERS = { 'X-Requested-With': 'XMLHttpRequest' };

    /** Milliseconds of silence after which a person may wonder. */
    const SILENCE = 4000;

    /** The events of a response, one JSON object a line, as they come. */
    async function* events(response) {
        const type = response.headers.get('Content-Type') || '';
        if (!type.startsWith('application/x-ndjson')) throw new Error(response.status);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (;;) {
            const { value, done } = await reader.read();
            if (done) return;
            const lines = (rest + value).split('\n');
            rest = lines.pop();
            yield* lines.map((line) => JSON.parse(line));
        }
    }

    class ConnectController extends Controller {
        static targets = [
            'find', 'finding', 'found', 'servers', 'hosts',
            'results', 'steps', 'end', 'busy', 'doing', 'patience', 'button',
        ];

        static values = { failed: String, stopped: String, discover: String };

        connect() {
            /** The fields in which somebody has typed: nothing found is written there. */
            this.own = new Set();
            /** What was written by us, by field; and the address it belongs to. */
            this.written = new Map();
            this.address = this.field('address').value.trim();
            this.element.addEventListener('input', (event) => this.typed(event));
            this.element.addEventListener('change', (event) => this.changed(event));
            this.field('address').addEventListener('keydown', (event) => {
                if (event.key === 'Enter' && this.isNew()) {
                    event.preventDefault();
                    this.find();
                }
            });
        }

        disconnect() {
            this.search?.abort();
            this.trial?.abort();
            clearTimeout(this.silence);
        }

        field(name) {
            return this.element.elements[name];
        }

        // What somebody types

        typed({ target }) {
            if (!target.name) return;
            if (target.value.trim()) this.own.add(target.name);
            else this.own.delete(target.name);
            this.summarise();
        }

        changed({ target }) {
            if (target.name === 'address' && this.isNew()) this.find();
        }

        isNew() {
            const address = this.field('address').value.trim();
            return Boolean(this.discoverValue) && address.includes('@') && address !== this.address;
        }

        // Finding the servers

        /** Only the address is sent. A press on the button also ends the typing: one search is enough. */
        find() {
            const address = this.field('address').value.trim();
            if (!this.findingTarget.hidden && address === this.address) return;
            this.search?.abort();
            this.search = new AbortController();
            this.address = address;
            this.unmark();
            this.findingTarget.hidden = false;
            this.foundTarget.replaceChildren();
            this.searching = this.ask(address, this.search.signal);
        }

        async ask(address, signal) {
            const body = new FormData();
            body.set('csrfmiddlewaretoken', this.field('csrfmiddlewaretoken').value);
            body.set('address', address);
            try {
                const response = await fetch(this.discoverValue, { method: 'POST', body, signal, headers: HEADERS });
                if (!response.ok) throw new Error(response.status);
                const { html, fields, guesses, whole } = await response.json();
                this.foundTarget.innerHTML = html;
                this.fill(fields, guesses);
                this.serversTarget.open = !whole;
            } catch {
                if (signal.aborted) return;
                this.address = '';
                this.foundTarget.textContent = this.failedValue;
                this.serversTarget.open = true;
            }
            this.findingTarget.hidden = true;
        }

        /** Writes what was found where nobody has typed, and takes back what we wrote for another address. */
        fill(fields, guesses) {
            ['imap', 'smtp'].forEach((server) => {
                if (this.own.has(`${server}_host`)) return;
                ['host', 'port', 'tls'].forEach((part) => this.write(`${server}_${part}`, fields));
            });
            this.write('username', fields);
            Object.entries(guesses).forEach(([name, guess]) => {
                this.field(name).placeholder = guess;
            });
            this.summarise();
        }

        write(name, fields) {
            const field = this.field(name);
            if (this.own.has(name)) return;
            if (name in fields) {
                if (!this.written.has(name)) this.written.set(name, field.value);
                field.value = fields[name];
            } else if (this.written.has(name)) {
                field.value = this.written.get(name);
                this.written.delete(name);
            }
        }

        summarise() {
            const hosts = ['imap_host', 'smtp_host'].map((name) => this.field(name).value.trim());
            this.hostsTarget.textContent = [...new Set(hosts.filter(Boolean))].join(' · ');
        }

        // The test

        /** Sends the form without leaving the page, so that a typed password is not lost when a step fails. */
        async send({ submitter }) {
            if (this.hasFindTarget && submitter === this.findTarget) {
                this.find();
                return;
            }
            if (!this.busyTarget.hidden) return;
            const url = submitter?.getAttribute('formaction') || this.element.action;
            this.trial = new AbortController();
            const { signal } = this.trial;
            this.wait(true);
            let end;
            try {
                await this.searching;
                const body = new FormData(this.element);
                const response = await fetch(url, { method: 'POST', body, signal, headers: HEADERS });
                for await (const event of events(response)) {
                    this.show(event);
                    if (event.end) end = event;
                }
                if (!end) throw new Error('The answer has no end.');
            } catch {
                this.endTarget.textContent = signal.aborted ? this.stoppedValue : this.failedValue;
            }
            if (end?.location) {
                window.location.assign(end.location);
                return;
            }
            this.wait(false);
            this.mark();
        }

        show({ step, doing, html }) {
            if (step) this.stepsTarget.insertAdjacentHTML('beforeend', step);
            if (doing) this.doingTarget.textContent = doing;
            if (html) this.endTarget.innerHTML = html;
            this.watch();
        }

        /** Says how long a step may take once it takes long. */
        watch() {
            clearTimeout(this.silence);
            this.patienceTarget.hidden = true;
            this.silence = setTimeout(() => {
                this.patienceTarget.hidden = false;
            }, SILENCE);
        }

        stop() {
            this.trial?.abort();
        }

        wait(busy) {
            this.busyTarget.hidden = !busy;
            // Not `disabled`: that would drop the focus.
            this.buttonTargets.forEach((button) => button.setAttribute('aria-disabled', busy));
            if (busy) {
                [this.stepsTarget, this.endTarget, this.doingTarget].forEach((part) => part.replaceChildren());
                this.unmark();
                this.watch();
            } else {
                clearTimeout(this.silence);
            }
        }

        // What is wrong

        /** Puts each error beside its field, and the focus where one goes on. */
        mark() {
            const errors = [...this.endTarget.querySelectorAll('[data-escala-error-of]')];
            const fields = errors.map((error) => {
                const field = document.getElementById(error.dataset.escalaErrorOf);
                const place = field.closest('[data-field]').querySelector('[data-field-errors]');
                const text = document.createElement('p');
                text.className = 'error-message';
                text.id = `${field.id}-escala-error`;
                text.textContent = error.textContent;
                place.replaceChildren(text);
                field.setAttribute('aria-invalid', 'true');
                // The help of the field is heard after what is wrong with it.
                const help = place.parentElement.querySelector('[data-field-help]').id;
                field.setAttribute('aria-describedby', [text.id, help].filter(Boolean).join(' '));
                return field;
            });
            if (fields.some((field) => this.serversTarget.contains(field))) this.serversTarget.open = true;
            (fields[0] || this.resultsTarget).focus();
        }

        unmark() {
            this.element.querySelectorAll('[aria-invalid="true"]').forEach((field) => {
                const about = field.closest('[data-field]');
                const help = about.querySelector('[data-field-help]').id;
                about.querySelector('[data-field-errors]').replaceChildren();
                field.removeAttribute('aria-invalid');
                if (help) field.setAttribute('aria-describedby', help);
                else field.removeAttribute('aria-describedby');
            });
        }

        /** Goes to the field an advice is about, unfolding what hides it. */
        look(event) {
            const field = document.querySelector(event.currentTarget.hash);
            if (this.serversTarget.contains(field)) this.serversTarget.open = true;
            field.focus();
            event.preventDefault();
        }
    }

    window.wagtail.app.register('escala-connect', ConnectController);
})();
