// With whose rights was a change rehearsed, and what does that leave open?

import type {ScratchWhere} from '../../core/facts.ts';
import type {RehearsedRights} from '../../core/login-rights.ts';
import type {Locale} from '../../core/text.ts';

type Rehearsed = Readonly<{rights: RehearsedRights | undefined; where: ScratchWhere}>;
type Untried = Extract<RehearsedRights, {tried: false}>;

const whyEn = ({because, as, message = ''}: Untried, where: ScratchWhere): string => {
  switch (because) {
    case 'roles-not-made':
      return `the tool makes no roles on a server that stays.${where === 'declared' ? ' A run without --scratch rehearses with the rights of the login.' : ''}`;
    case 'name-taken':
      return `the target has a role of the same name, ${as}`;
    case 'roles-hidden':
      return `the target did not tell what its login may do: ${message}`;
    case 'roles-refused':
      return `the server of the copy refused to make the login: ${message}`;
  }
};

const whyKo = ({because, as, message = ''}: Untried, where: ScratchWhere): string => {
  switch (because) {
    case 'roles-not-made':
      return `계속 남는 서버에는 역할을 만들지 않습니다.${where === 'declared' ? ' --scratch 없이 시작한 실행은 로그인의 권한으로 예행 연습합니다.' : ''}`;
    case 'name-taken':
      return `대상에 이름이 같은 역할 ${as} 이 있습니다`;
    case 'roles-hidden':
      return `대상 DB에서 로그인의 권한을 읽지 못했습니다: ${message}`;
    case 'roles-refused':
      return `사본 서버가 로그인 역할 생성을 거부했습니다: ${message}`;
  }
};

/** Nothing for a journal that does not say: nothing is known of it. */
export const rehearsedRightsLines = ({rights, where}: Rehearsed, locale: Locale): readonly string[] => {
  if (rights === undefined) return [];
  if (rights.tried)
    return [
      {
        en: `made with the rights that ${rights.login} has on the target`,
        ko: `로그인 ${rights.login} 의 대상 권한으로 실행함`,
      }[locale],
    ];
  return [
    {
      en: `! rights were not rehearsed: the copy was changed as ${rights.as}: ${whyEn(rights, where)}`,
      ko: `! 권한은 예행 연습하지 않음: 사본을 변경한 역할은 ${rights.as}. ${whyKo(rights, where)}`,
    }[locale],
  ];
};
