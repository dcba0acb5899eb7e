// What the screen on show tells the frame around it: which tab it belongs to, whether the bottom bar has room. What the
// frame looks like is PhoneFrame.svelte.

export const frame = $state({ bar: true, tab: '', tells_needs: false });
