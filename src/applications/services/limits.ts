/** Bytes of the longest message of the services: files are sent whole. */
export const servicesMaxMessageBytes = 16_777_216;
