/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros only are invalid there. */
export const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
