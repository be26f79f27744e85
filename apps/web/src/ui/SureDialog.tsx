// Asks once more before something is gone for good. The way back comes first, and what is taken away is no primary button.
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

/** `testId` names the dialog; its buttons are `testId-yes` and `testId-no`. */
export function SureDialog(props: { title: string; text: string; yes: string; testId: string; onYes: () => void; onClose: () => void }) {
  const { t } = useTranslation('ui');
  const { testId } = props;
  return (
    <Dialog title={props.title} testId={testId} onClose={props.onClose}>
      <p>{props.text}</p>
      <div className="mt-2 flex gap-3">
        <Button wide testId={`${testId}-no`} onClick={props.onClose}>
          {t('cancel')}
        </Button>
        <Button look="danger" wide testId={`${testId}-yes`} onClick={props.onYes}>
          {props.yes}
        </Button>
      </div>
    </Dialog>
  );
}
