// Why does npm neither pack nor publish this folder? Its package.json is the checkout's: 110 packages, and scripts that
// need the rest of the repository. `prepack` runs this before `npm pack` and before `npm publish`.

process.stderr.write(
  'This folder is not what is published. `npm run pack` writes the packages into .pack and packs them there; ' +
    'publish those: npm publish .pack/NAME.tgz\n',
);
process.exitCode = 1;
