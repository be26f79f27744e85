// A sandbox's keys follow from the installation's secret: the same after every start, and nowhere written down.

export const merchantKeyOf = (subKey: Uint8Array): string => `sk_test_${Buffer.from(subKey).toString('base64url')}`;

export const operatorTokenOf = (subKey: Uint8Array): string => `op_test_${Buffer.from(subKey).toString('base64url')}`;
