// The moves between the pages of a guardian's children. A look at a child ends on the child's page, whichever way it ends.
import type { ChildEvent, PhoneModel, PhoneState, StateName } from '../state.ts';

const ofChildren: readonly StateName[] = ['children', 'add_child', 'child', 'child_consent'];

export function stepChild(model: PhoneModel, event: ChildEvent): PhoneModel {
  const { name } = model.state;
  const isHere = ofChildren.includes(name);
  const to = (state: PhoneState, lookingChild: string | null = null): PhoneModel => ({ ...model, lookingChild, problem: null, state });
  switch (event.type) {
    case 'children_wanted':
      return name === 'home' || (isHere && name !== 'children') ? to({ name: 'children' }) : model;
    case 'add_child_wanted':
      return name === 'children' ? to({ name: 'add_child' }) : model;
    case 'child_wanted': {
      const hasLooked = (name === 'look' || name === 'sending') && model.lookingChild === event.childId;
      return (isHere && name !== 'child') || hasLooked ? to({ name: 'child', childId: event.childId }) : model;
    }
    case 'child_consent_wanted':
      return name === 'child' ? to({ name: 'child_consent', childId: event.childId }) : model;
    case 'child_look_wanted':
      return isHere && name !== 'children' ? to({ name: 'look', problem: null }, event.childId) : model;
  }
}
