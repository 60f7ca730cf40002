"""The pages in real browsers, on a real server: Chromium with script, without, as of 2016, and a text browser."""
