import type { IForbiddenRuleType, IOptions } from 'dependency-cruiser'

declare const config: { readonly forbidden: IForbiddenRuleType[]; readonly options: IOptions }
export default config
