/* Copies the capture address. No text is in here: it comes by data- attributes. */
(function () {
    const { Controller } = window.StimulusModule;

    /** Copies what stands in a field; where the browser does not let us, it is selected to be copied by hand. */
    class CopyController extends Controller {
        static targets = ['text', 'button', 'said'];

        connect() {
            this.buttonTarget.hidden = false;
        }

        async copy() {
            const { copied, selected } = this.saidTarget.dataset;
            this.textTarget.focus();
            this.textTarget.select();
            try {
                // Absent outside of HTTPS.
                await navigator.clipboard.writeText(this.textTarget.value);
                this.saidTarget.textContent = copied;
            } catch {
                this.saidTarget.textContent = selected;
            }
        }
    }

    window.wagtail.app.register('escala-copy', CopyController);
})();
