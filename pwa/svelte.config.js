// How Svelte compiles our components: runes everywhere. Not: bundling, which is vite.config.ts.
/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default { compilerOptions: { runes: true } };
