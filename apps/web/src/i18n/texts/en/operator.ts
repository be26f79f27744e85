// English: the frame of the back office.
export const operator = {
  title: 'Back office',
  home: 'To the start page',
  cases: '“Not me” cases',
  sms: 'Text messages',
  risk: 'Risk rules',
  signOut: 'Sign out',
  signInText: 'For whoever runs this installation. Your token stays in this tab and is gone when you close it.',
  token: 'Operator token',
  tokenWrong: 'That token opens nothing here. Check that you copied all of it.',
  signIn: 'Sign in',
  signInSandbox: 'Use the sandbox’s token',
  outcome_allow: 'Allowed',
  outcome_ask_digits: 'Digits asked',
  outcome_ask_pin: 'PIN asked',
  outcome_confirm_on_phone: 'Phone asked',
  outcome_refuse: 'Refused',
};
