/** How many dispatch workers take hints of one provider at the same time: in the template, and for the pace of calls. */
export const mappingConcurrency = 5;
