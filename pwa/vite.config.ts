// How the app is built, tested and made installable. Not: what the service worker does (src/service_worker.ts).
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

// `make dev` runs the server beside Vite; the address is the demo's default.
const server = process.env['DOORSTEP_SERVER'] ?? 'http://localhost:8000';

export default defineConfig({
  plugins: [
    svelte(),
    svelteTesting(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service_worker.ts',
      // The app registers the worker itself: an injected inline script would break the content security policy.
      injectRegister: null,
      manifest: false,
      injectManifest: {
        // public/ is copied into dist/, so these patterns find every file once. Listing public files again would put
        // two entries of one address into the precache, and the worker would never install.
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'],
        dontCacheBustURLsMatching: /^assets\//,
        // Whole app in the cache, or nothing: a chunk left out would fail a screen in the stairwell.
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024
      }
    })
  ],
  build: {
    target: 'es2020',
    modulePreload: { polyfill: false },
    // Small pictures as files too: `data:` addresses in CSS are not covered by every policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What several screens of the phone share comes in one file: left alone, each shared module becomes a file of
            // its own, and opening a screen reads twenty, which a slow phone feels more than the bytes.
            { name: 'shared', test: /src\/(phone\/(?!Waiting|Session|sessions|RaiseTask|Task|TodayTasks|tasks|FollowUps|TodayShift|Shift(s|Row|File|Give)?\.|shift_file|Dut|dut|Hours|hour_why|SignInList|signing|turns|CodeAtPlace|CodePoster|CalendarFeed|ScanCode|ForgottenSignOut|Volunteer|volunteer|MyTrainings|Training)|records\/(?!fields|Record|RowText|Consents|Step|Clock|clock|elsewhere|ticking)|ui\/(?!problems|ErrorSummary)|words\/(files|phone|posts|records|shell|words))/, minShareCount: 2 },
            // The texts of all problems and the names of all fields: whoever opens a phone in the morning is shown none.
            { name: 'told', test: /src\/(schema\/(problem_words|labels)|generated\/(problems|labels)|records\/RowText|ui\/(problems|ErrorSummary)|phone\/WaitingRow)/ },
            // The line on today that tells of tickets and follow-ups: left alone, it comes with the desk, which shows them too.
            { name: 'tasks', test: /src\/(phone\/(TodayTasks|tasks)|records\/(ClockLine|clock_words|ticking)|schema\/clocks|words\/(tasks|follow_ups))/ },
            // What the form of any record needs, on the phone and at the desk; today opens without it.
            { name: 'forms', test: /src\/records\/(fields\/|Record(Field|Form|Values))/ },
            // What is asked after each meeting whether a file waits.
            { name: 'files', test: /src\/files\/(connection|kept|queue|sender|state\.svelte)\.ts/ },
            // The screens that are opened from today, and those of the desk: one file each. Every file of its own is one
            // more question on a bad line and one more write when the worker keeps the app.
            { name: 'phone', test: /src\/(phone\/(Homes?|Visit|Cases?|CaseNote|SyncCentre|Inbox|Me)|records\/Record(Edit|Page))\.svelte/ },
            // What volunteers see, and the desk beside them: a worker's phone opens none of it.
            { name: 'volunteer', test: /src\/(phone\/(TodayShift|Shift(s|Row|File|Give)?\.|shift_file|Dut|dut|Hours|hour_why|SignInList|signing|turns|CodeAtPlace|CodePoster|CalendarFeed|ScanCode|ForgottenSignOut|Volunteer|volunteer|MyTrainings|Training)|hours\/|recognition\/(Recognition|papers)|words\/(duties|hours|recognition|signing|volunteers))/ },
            // What desks and further screens of a phone have in common, so that no phone loads the desk for it.
            { name: 'both', test: /src\/(phone|records|schema|files|ui|words\/(aliases|incidents))/, minShareCount: 2 },
            { name: 'desk', test: /src\/(desk\/|words\/(audit|desk|devices|exports|members|openings|retention|ways_in))/ },
            // The door is passed once: its pages and words stay out of the way of a phone that is open.
            { name: 'door', test: /src\/(auth\/((CodePad|Door|DoorPage|Enrol|LeadOut|LeaveNote|MyWayIn|PinPad|StepUp|TroubleBox|Unlock)\.svelte|capabilities|codes|embedded|enrolling|enrolment|installing\.svelte|left_notes|passkeys|pin|signing_in|step_up|trouble|unlocking)(\.ts)?$|words\/door)/ },
            // Only phones that open by a PIN take a day along.
            { name: 'day_pack', test: /src\/(day_pack\/|words\/day_pack)/ }
          ]
        }
      }
    }
  },
  server: { proxy: { '/graphql': { target: server, ws: true }, '/api': server } },
  test: {
    // Whatever needs a page asks for one in its first line; making one for each file, and loading everything anew for each,
    // would take longer than the tests.
    environment: 'node',
    isolate: false,
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/set_up.ts'],
    maxWorkers: 2,
    // A busy machine is slow, not wrong; a test that never ends still fails.
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
});
