// Puts somebody in front of the camera.
import type { Person, People } from '../../apps/cli/src/demo/people.ts';
import type { Camera } from './camera.ts';

const framesInClip = 10;

export const putInView = async (camera: Camera, person: Person, kind: 'enrolment' | 'till' | 'poor_camera' = 'till', seed = 12): Promise<void> =>
  camera.show(`${encodeURIComponent(person.name)}-${kind}-${seed}`, await person.burst({ kind, seed, count: framesInClip }));

export const putGroupInView = async (camera: Camera, people: People): Promise<void> => camera.show('group', await people.group(4));
