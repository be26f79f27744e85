// The way back from everything about one child.
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { usePhone } from '../phone-context.ts';

export function BackToChildren() {
  const { t } = useTranslation('children');
  const { send } = usePhone();
  return (
    <Button look="quiet" size="small" className="self-start -ml-4 -my-2" testId="back-children" onClick={() => send({ type: 'children_wanted' })}>
      <ArrowLeft aria-hidden="true" className="size-5" /> {t('title')}
    </Button>
  );
}
