// Which page of the children is shown.
import type { PhoneState } from '../state.ts';
import { AddChild } from './AddChild.tsx';
import { ChildConsent } from './ChildConsent.tsx';
import { ChildPage } from './ChildPage.tsx';
import { Children } from './Children.tsx';

export function ChildrenPages({ state }: { state: Extract<PhoneState, { name: 'children' | 'add_child' | 'child' | 'child_consent' }> }) {
  switch (state.name) {
    case 'children':
      return <Children />;
    case 'add_child':
      return <AddChild />;
    case 'child':
      return <ChildPage childId={state.childId} />;
    case 'child_consent':
      return <ChildConsent childId={state.childId} />;
  }
}
